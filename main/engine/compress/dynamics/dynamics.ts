import type * as tf from '@tensorflow/tfjs-core';
import type { DynamicsOptions } from '../../../contract/recipe.ts';
import type { MetricName } from '../../../contract/run.ts';
import type { HostRecord, TensorRecord } from '../../backend/backend.ts';
import type { MaskSet, Network, WeightSet } from '../../network/graph.ts';
import type { Random } from '../../base/random.ts';
import type { ScoreSet } from '../scores.ts';
import type { Selected } from '../select.ts';
import type { Selection } from '../selection.ts';
import type { Pooling } from '../structures/pooling.ts';

/** What a stage of training asks of its dynamics, as the plan says it. */
export interface DynamicsSpec {
  readonly id: string;
  readonly selection: Selection;
  /** Sparsity at the end of the stage. */
  readonly target: number;
  /** Sparsities on the way, for dynamics that follow a schedule; the last one is `target`. */
  readonly targets: readonly number[];
  /** What the recipe sets; only what the kind declares. */
  readonly options: DynamicsOptions;
}

/** How the compiled step differs from ordinary training. All of it becomes part of the graph. */
export interface StepHooks {
  /** Extra tensors that gradients train in place of the network's own parameters (scores of a hidden network). */
  readonly trained?: readonly string[];
  /** These tensors have the recipe's weight decay. */
  readonly trainedDecay?: true;
  /** Parameters as the forward pass sees them, from those on the device and the extras; gradients flow through it. */
  effective?(params: TensorRecord, extras: TensorRecord): TensorRecord;
  /** A term added to the gradient of a parameter, before momentum. */
  penalty?(name: string, weight: tf.Tensor, extras: TensorRecord): tf.Tensor | undefined;
}

/** The training that is going on, as dynamics may see and change it between two steps. */
export interface LiveTraining {
  readonly masks: MaskSet;
  readonly stepsPerEpoch: number;
  weights(): Promise<WeightSet>;
  /**
   * New masks: what they prune becomes zero at once, with its optimiser slots.
   * @param first what weights that come back start from, and zero for all others; zero when left out.
   */
  setMasks(masks: MaskSet, first?: ReadonlyMap<string, Float32Array>): Promise<void>;
  /** Extra tensors, copied to the host. */
  readExtras(names?: readonly string[]): Promise<HostRecord>;
  writeExtras(values: HostRecord): void;
  /** Gradient of the loss by every weight, pruned ones too, at the point where training stands, on a batch of its own. */
  denseGradients(): Promise<Map<string, Float32Array>>;
  /** Repeatable random numbers; the label names the draw. */
  random(label: string): Random;
  /** Selects masks with the spec's criterion and scope; what is pruned already stays pruned. */
  select(sparsity: number, label: string): Promise<MaskSet>;
  /** The same with what is kept of the structure's units. */
  selected(sparsity: number, label: string): Promise<Selected>;
  /** Masks that keep the best of these scores (one per weight; higher = keep), spread over the layers as the scope says. */
  choose(scores: ScoreSet, sparsity: number): MaskSet;
  /** Puts numbers into the run's curves, at the moment where training stands. */
  record(values: Partial<Record<MetricName, number>>): void;
  /** Tells the person who watches. */
  log(text: string): void;
  /** The same of what the method found: the report tells it too. */
  find(text: string): void;
  /** The same of what was not as it should be. */
  warn(text: string): void;
}

/** What happens to masks, penalties or scores while a stage trains. Made anew for every stage and every resume. */
export interface Dynamics {
  /** Further tensors on the device and their first values. */
  readonly extras?: HostRecord;
  readonly hooks?: StepHooks;
  /**
   * Called before every optimiser step.
   * @param done steps of the stage already taken, 0 <= done < total.
   */
  beforeStep(done: number, total: number, live: LiveTraining): Promise<void>;
  /** The weights and masks that would be deployed now, where they are not simply those on the device. */
  deployed?(live: LiveTraining): Promise<{ weights: WeightSet; masks: MaskSet }>;
  /** Plain JSON to go on from after a resume. */
  save(): unknown;
}

/** What dynamics are made from. */
export interface DynamicsStart {
  readonly network: Network;
  readonly spec: DynamicsSpec;
  /** The weights as they stand: the stage's first ones, or those of the moment that a resumed stage goes on from. */
  readonly weights: WeightSet;
  /** What `save` gave before the run was interrupted; undefined for a fresh stage. */
  readonly saved: unknown;
  /** The same draws whether the stage is fresh or resumed; the label names the draw. */
  random(label: string): Random;
}

/** A kind of dynamics. Adding one is adding a file and a line in `index.ts`. */
export interface DynamicsKind {
  readonly id: string;
  readonly label: string;
  readonly summary: string;
  /** Settings that it knows; a recipe that sets others is refused. */
  readonly options: readonly (keyof DynamicsOptions)[];
  /** False where the masks are learned otherwise, so that a criterion in the recipe would be ignored: it is refused. */
  readonly usesCriterion: boolean;
  /** How scores by the paradigm's own criterion become those of channels, where the method's authors differ from it. */
  readonly pooling?: Partial<Pooling>;
  /**
   * Why channels that it prunes leave the network only when its training is over, as after 'Channels leave then:'. Null where
   * what is pruned stays so and there are no extra tensors: then they leave after each epoch, and training becomes cheaper.
   */
  readonly leaveLate: string | null;
  /** Structures that it goes with; all of them when left out. */
  readonly structures?: { readonly ids: readonly string[]; readonly why: string };
  /** The strength of network slimming's penalty where a recipe leaves it open, of dynamics that go by scales. */
  readonly slimming?: number;
  /** What to say of a training of so many epochs before it starts; undefined where it is fit. */
  advise?(epochs: number): string | undefined;
  create(start: DynamicsStart): Dynamics;
}
