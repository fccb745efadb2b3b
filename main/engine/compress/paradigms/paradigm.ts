import type { ParadigmEntry } from '../../../contract/catalog.ts';
import type { Point } from '../framework.ts';

/** A named point of the framework, with its words for people. Adding one is adding a file and a line in `index.ts`. */
export interface Paradigm extends ParadigmEntry {
  readonly point: Point;
}
