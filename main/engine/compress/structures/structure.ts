import type { MaskSet, Network } from '../../network/graph.ts';
import type { ScoreSet } from '../criteria/criterion.ts';

/** Units that a scope treats alike and a budget is spread over: those of one layer. */
export interface UnitGroup {
  readonly name: string;
  /** Shape of the weights, for scopes that go by it. */
  readonly shape: readonly number[];
  readonly units: number;
  /** What each unit counts of the budget: one number for all of them, or one for each. */
  readonly costs: number | Float64Array;
}

/** A network's weights as units that are kept or pruned whole. */
export interface Units {
  /** In the network's order. */
  readonly groups: readonly UnitGroup[];
  /** Scores of the units, by group, from those of the weights; a unit of which a part is -Infinity is so as a whole. */
  reduce(scores: ScoreSet): ScoreSet;
  /** Masks of parameters from the units that are kept (1), by group. */
  expand(kept: MaskSet): MaskSet;
}

/** What is kept or pruned as one. Adding one is adding a file and a line in `index.ts`. */
export interface Structure {
  readonly id: string;
  readonly label: string;
  readonly summary: string;
  /** @param params the parameters that may be pruned, in the network's order */
  units(network: Network, params: readonly string[]): Units;
}

/** What all units of a group count of the budget. */
export function costOf({ units, costs }: UnitGroup): number {
  return typeof costs === 'number' ? units * costs : costs.reduce((sum, cost) => sum + cost, 0);
}
