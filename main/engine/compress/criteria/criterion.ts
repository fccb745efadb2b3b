import type { Random } from '../../random.ts';
import type { Network, WeightSet } from '../../network/graph.ts';

/** One score per weight of each prunable parameter, in the parameter's own order. Higher = keep. */
export type ScoreSet = Map<string, Float32Array>;

/** What a criterion may look at. */
export interface ScoringContext {
  readonly network: Network;
  readonly weights: WeightSet;
  /** Parameters to score, in the network's order. */
  readonly params: readonly string[];
  readonly random: Random;
}

/** What decides which weights matter. Adding one is adding a file and a line in `index.ts`. */
export interface Criterion {
  readonly id: string;
  readonly label: string;
  readonly summary: string;
  score(context: ScoringContext): Promise<ScoreSet>;
}
