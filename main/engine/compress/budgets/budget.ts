import type { AmountKind } from '../../../contract/amount.ts';
import type { Model } from '../../network/model.ts';

/** Something that a network has an amount of, and that a budget may limit. Adding one is adding a file and a line in `index.ts`. */
export interface BudgetKind {
  readonly id: AmountKind;
  readonly label: string;
  readonly summary: string;
  /** How much a network has of it under its masks. What leaves the network leaves this amount, and masks never add to it. */
  of(model: Sized): number;
  /** What every channel that leaves takes with it, where that is always the same. */
  readonly perChannel?: number;
}

/** What amounts are measured of. */
export type Sized = Readonly<Pick<Model, 'network' | 'masks'>>;
