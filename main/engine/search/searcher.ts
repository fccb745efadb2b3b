import type { SearchMethod } from '../../contract/search.ts';
import type { Random } from '../base/random.ts';
import type { Registered } from '../base/registry.ts';
import type { Backend } from '../backend/backend.ts';
import type { SlotSet } from '../network/model.ts';
import type { Space } from './space.ts';

/** Widths to try: ratios to keep of every group. */
export interface Candidate {
  readonly ratios: readonly number[];
  /** Whether they are projected to the budget before they are tried, or tried as they are, whatever they cost. */
  readonly projected: boolean;
}

/** What widths came to, without training beyond what was asked for. */
export interface Measured {
  /** A fraction, on the samples that decide. */
  readonly accuracy: number;
  readonly loss: number;
}

export interface Observed extends Measured {
  readonly counts: readonly number[];
  /** What is left of what the budget is of, as a share. */
  readonly share: number;
}

/** All that a searcher needs to go on as if nothing had stopped it: JSON and tensors. */
export interface SearcherState {
  readonly json: unknown;
  readonly tensors: SlotSet;
}

/**
 * Proposes widths and learns from what they came to. Until it observes an outcome it proposes the same; what it proposes follows
 * from the task's seed and the outcomes alone.
 */
export interface Searcher {
  /** Undefined where it has nothing more to try. */
  propose(): Promise<Candidate | undefined>;
  observe(outcome: Observed): Promise<void>;
  save(): Promise<SearcherState>;
  dispose(): void;
}

export interface Task {
  readonly space: Space;
  /** How many different widths may be tried. */
  readonly evaluations: number;
  readonly backend: Backend;
  /** Random numbers for one purpose: the same for the same label. */
  readonly random: (label: string) => Random;
}

/** A way of searching. Adding one is adding a file, a line in `index.ts` and its id in the contract. */
export interface SearcherKind extends Registered {
  readonly id: SearchMethod;
  /** @param saved where an earlier one stood */
  create(task: Task, saved?: SearcherState): Searcher;
}

/** The better of two outcomes has the higher accuracy; of equals the lower loss. */
export function better(one: Measured, other: Measured): boolean {
  return one.accuracy > other.accuracy || (one.accuracy === other.accuracy && one.loss < other.loss);
}
