import type { MaskSet, Network } from '../../network/graph.ts';
import type { ScoreSet } from '../criteria/criterion.ts';

/** How a budget is spread over the layers. Adding one is adding a file and a line in `index.ts`. */
export interface Scope {
  readonly id: string;
  readonly label: string;
  readonly summary: string;
  /**
   * Masks that keep round((1 - sparsity) N) of the N scored weights, the best-scored ones; ties go to the lower index.
   * @param sparsity share of the scored weights to prune, 0 <= sparsity < 1.
   */
  select(scores: ScoreSet, sparsity: number, network: Network): MaskSet;
}
