import type { Registered } from '../../base/registry.ts';
import type { Network } from '../../network/graph.ts';
import type { UnitGroup } from '../structures/structure.ts';

/** What a recipe says of layers, for scopes that listen to it. */
export interface Shares {
  /** Sparsity of each named parameter when the whole network has `target`, 0..1. */
  readonly layers?: Readonly<Record<string, number>>;
  /** Density of a layer, in units of (n_in + n_out) / (n_in n_out), when the whole network has `target`. */
  readonly epsilon?: number;
  /** Sparsity of the network at the end of the run. */
  readonly target: number;
}

/** Groups whose units are ranked as one, and how much of the budget's measure they keep together. */
export interface Pool {
  readonly groups: readonly UnitGroup[];
  readonly keep: number;
}

/** How a budget is spread over the layers. Adding one is adding a file and a line in `index.ts`. */
export interface Scope extends Registered {
  /** The field of a recipe's `prune` that it listens to and no other scope does. */
  readonly takes?: {
    readonly field: 'layers' | 'epsilon';
    /** What stands there, as after 'takes no'. */
    readonly words: string;
    /** How to give it, where the scope cannot do without. */
    readonly needed?: string;
  };
  /** How much every layer keeps follows from the budget alone, not from the scores. */
  readonly fixed?: true;
  /** All layers compete for one budget. */
  readonly competes?: true;
  /**
   * Which units compete for how much, so that round((1 - sparsity) N) of all that the units cost, N, is kept. A scope that
   * gives every layer its own number may be off by the rounding of each layer.
   * @param sparsity share to prune, 0 <= sparsity < 1.
   */
  share(groups: readonly UnitGroup[], sparsity: number, network: Network, shares?: Shares): Pool[];
}
