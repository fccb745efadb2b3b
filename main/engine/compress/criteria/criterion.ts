import type { Backend } from '../../backend/backend.ts';
import type { Batch } from '../../data/batches.ts';
import type { MaskSet, Network, WeightSet } from '../../network/graph.ts';
import type { Random } from '../../random.ts';

/** One score per weight of each prunable parameter, in the parameter's own order. Higher = keep. */
export type ScoreSet = Map<string, Float32Array | Float64Array>;

/** Samples for criteria that look at data. Every call starts anew from the seed, so that scores can be repeated. */
export interface ScoringData {
  readonly sampleShape: readonly number[];
  readonly classes: number;
  /** Shuffled training batches without augmentation, until the samples run out. */
  batches(batchSize: number): Iterable<Batch>;
  /** One batch with `perClass` training samples of every class (fewer where a class has fewer). */
  balanced(perClass: number): Batch;
}

/** What a criterion may look at. */
export interface ScoringContext {
  readonly network: Network;
  /** Weights before masking: what is pruned so far keeps its value here. */
  readonly weights: WeightSet;
  /** What is pruned so far; scores are taken at the masked point unless the criterion's definition says otherwise. */
  readonly masks: MaskSet;
  /** Parameters to score, in the network's order. */
  readonly params: readonly string[];
  readonly data: ScoringData;
  readonly backend: Backend;
  readonly random: Random;
}

/** What decides which weights matter. Adding one is adding a file and a line in `index.ts`. */
export interface Criterion {
  readonly id: string;
  readonly label: string;
  readonly summary: string;
  score(context: ScoringContext): Promise<ScoreSet>;
}
