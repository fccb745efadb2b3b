import type { Registered } from '../../base/registry.ts';
import type { EspalierError } from '../../../contract/errors.ts';
import type { BatchNormMode } from '../../../contract/recipe.ts';
import type { Backend } from '../../backend/backend.ts';
import type { Batch } from '../../data/batches.ts';
import type { MaskSet, Network, WeightSet } from '../../network/graph.ts';
import type { ScoreSet } from '../scores.ts';
import type { Pooled } from '../structures/pooling.ts';
import type { Units } from '../structures/structure.ts';
import type { Random } from '../../base/random.ts';

/** The samples that a criterion looked at. */
export interface Pass {
  /** Indices within the training part, in the order in which they were handed out. */
  readonly samples: Int32Array;
  /** How many came at a time; the last batch may be smaller. */
  readonly batchSize: number;
}

/**
 * Samples for criteria that look at data: training samples, normalised, never augmented. Every call starts anew from the
 * seed, so that scores can be repeated; a pass may be longer than memory, so it comes in batches. A criterion may ask for its pass
 * several times, but for no other.
 */
export interface ScoringData {
  readonly sampleShape: readonly number[];
  readonly classes: number;
  /** Training samples that there are. */
  readonly size: number;
  /** Up to `samples` training samples, drawn without replacement. */
  shuffled(samples: number, batchSize: number): Iterable<Batch>;
  /** `perClass` training samples of every class (fewer where a class has fewer), the classes mixed. */
  balanced(perClass: number, batchSize: number): Iterable<Batch>;
  /** What was handed out; undefined where nobody asked. */
  used(): Pass | undefined;
}

/** What a criterion may look at. */
export interface ScoringContext {
  readonly network: Network;
  /** Weights before masking: what is pruned so far keeps its value here. */
  readonly weights: WeightSet;
  /** The weights that the training of `weights` began with, where a criterion says that it compares with them. */
  readonly initial?: WeightSet | undefined;
  /**
   * What is pruned so far. Gradients are taken where the network stands, at mask * weight, and for every weight, pruned ones
   * too; a score multiplies them with the weights before masking, so that a criterion may bring weights back.
   */
  readonly masks: MaskSet;
  /** Parameters to score, in the network's order. */
  readonly params: readonly string[];
  readonly data: ScoringData;
  /** How batch norms compute where gradients are taken; criteria without gradients do not look at it. */
  readonly batchNorm: BatchNormMode;
  readonly backend: Backend;
  /** What is kept or pruned as one, for criteria whose scores are of such units: all weights of one have its score. */
  readonly units: Pick<Units, 'groups' | 'coupled' | 'reduce' | 'spread'>;
  readonly random: Random;
}

/** What decides which weights matter. Adding one is adding a file and a line in `index.ts`. */
export interface Criterion extends Pooled, Registered {
  /** Runs the network: where it is scored, a fast device helps. */
  readonly computes?: true;
  /** How batch norms compute in the code of the criterion's authors; only criteria that take gradients have it. */
  readonly batchNorm?: BatchNormMode;
  /** Logits are divided by this before the loss; 1 when left out. */
  readonly temperature?: number;
  /** Compares weights with those that their training began with: for masks of trained networks. */
  readonly comparesWithInitial?: true;
  /** It goes by scales that the penalty of network slimming pulls towards zero while the network trains. */
  readonly slims?: true;
  /** Of channels, either what makes them or what reads them counts, as both tell the same. */
  readonly oneSided?: true;
  /** Scopes that make sense with its scores; all of them when left out. */
  readonly scopes?: { readonly ids: readonly string[]; readonly why: string };
  /** Structures that its scores go with; all of them when left out. */
  readonly structures?: { readonly ids: readonly string[]; readonly why: string };
  /** Why the criterion has no scores for a network of this kind, naming the layer; undefined where it has. */
  unfit?(network: Network): EspalierError | undefined;
  /** @throws EspalierError what `unfit` says, for such a network. */
  score(context: ScoringContext): Promise<ScoreSet>;
}
