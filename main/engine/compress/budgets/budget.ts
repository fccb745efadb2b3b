import type { AmountKind, Term } from '../../../contract/amount.ts';
import type { Latency } from '../../../contract/report.ts';
import type { Model, Weighed } from '../../network/model.ts';

interface Kind {
  readonly id: AmountKind;
  readonly label: string;
  readonly summary: string;
}

/** What a network's graph and masks alone tell. */
export interface CountedKind extends Kind {
  /** How much a network has of it under its masks. What leaves the network leaves this amount, and masks never add to it. */
  of(model: Sized): number;
  /** What every channel that leaves takes with it, where that is always the same. */
  readonly perChannel?: number;
}

/** What only a file of the network or its run tells. */
export interface MeasuredKind extends Kind {
  /** Why zeros make it no less; undefined where they do, given how it is measured. */
  zeros(term: Term): string | undefined;
  /** @param known how much there was before, where that was measured already and does not move */
  measure(subject: Subject, term: Term, tools: Tools, known?: number): Promise<Measured>;
}

/** Something that a network has an amount of, and that a budget may limit. Adding one is adding a file and a line in `index.ts`. */
export type BudgetKind = CountedKind | MeasuredKind;

/** What amounts are counted of. */
export type Sized = Readonly<Pick<Model, 'network' | 'masks'>>;

/** What amounts are measured of. */
export interface Subject {
  /** The network before anything was pruned. */
  readonly whole: Weighed;
  /** What became of it; pruned weights are zero. */
  readonly model: Weighed & Sized;
}

/** What measuring needs of floors above. */
export interface Tools {
  /** Times networks in turns. */
  readonly time: (models: readonly Subject['model'][], call: NonNullable<Term['call']>) => Promise<Latency[]>;
}

export interface Measured {
  readonly before: number;
  readonly after: number;
  /** What `after` may be as well, where it was timed: three standard errors of the median to each side. */
  readonly spread?: readonly [number, number];
}
