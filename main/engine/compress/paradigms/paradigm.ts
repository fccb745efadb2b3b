import type { ParadigmEntry } from '../../../contract/catalog.ts';
import type { Point } from '../framework.ts';

/** A named point of the framework, with its words for people. Adding one is adding a file and a line in `index.ts`. */
export interface Paradigm extends Omit<
  ParadigmEntry,
  'presets' | 'settings' | 'fuses' | 'denseOfTrained' | 'throwsAway'
> {
  readonly point: Point;
  /** Where it parts from its paper or the authors' code, for the docs. */
  readonly differs?: string;
  /**
   * Raised by one when the point, the epochs of pruning or what the method computes change, so that a sweep takes no run of
   * the old form for one of the new; 1 when left out. A test knows the presets of every revision.
   */
  readonly revision?: number;
}
