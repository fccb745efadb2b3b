import type { MaskSet, Network } from '../../network/graph.ts';
import type { ScoreSet } from '../criteria/criterion.ts';

/** What a recipe says of single layers, for scopes that listen to it. */
export interface ByHand {
  /** Sparsity of each named parameter when the whole network has `target`, 0..1. */
  readonly layers: Readonly<Record<string, number>>;
  /** Sparsity of the network at the end of the run. */
  readonly target: number;
}

/** How a budget is spread over the layers. Adding one is adding a file and a line in `index.ts`. */
export interface Scope {
  readonly id: string;
  readonly label: string;
  readonly summary: string;
  /** How much every layer keeps follows from the budget alone, not from the scores. */
  readonly fixed?: true;
  /**
   * Masks that keep round((1 - sparsity) N) of the N scored weights, the best-scored ones; ties go to the lower index. A
   * scope that gives every layer its own number may be off by the rounding of each layer.
   * @param sparsity share of the scored weights to prune, 0 <= sparsity < 1.
   */
  select(scores: ScoreSet, sparsity: number, network: Network, byHand?: ByHand): MaskSet;
}
