import type { TrainSpec } from '../../contract/recipe.ts';
import { runError } from '../../contract/errors.ts';
import type { Backend, CompiledStep, DeviceState, HostRecord } from '../backend/backend.ts';
import { fed } from '../backend/fed.ts';
import type { Batch } from '../data/batches.ts';
import type { StepHooks } from '../compress/dynamics/dynamics.ts';
import { sizeOf, type MaskSet, type Network, type WeightSet } from '../network/graph.ts';
import type { Model, SlotSet, Weighed } from '../network/model.ts';
import { BETA1, BETA2 } from './optimizers/adam.ts';
import { optimizers } from './optimizers/index.ts';
import {
  dropoutInput,
  gradientOutput,
  gradientStep,
  stateName,
  trainStep,
  variablesOf,
  type Variable,
} from './step.ts';

/** What a training has beside its model. */
interface TrainingParts {
  /** Further tensors of the stage's dynamics. */
  readonly extras?: HostRecord;
  readonly hooks?: StepHooks;
  /** The network to learn from, where the spec distils. */
  readonly teacher?: Weighed;
}

/**
 * A network that is being trained: weights, masks and optimiser slots on the device, and the compiled step that moves them.
 * One of these lives for one stage of training; before and after, the numbers are on the host.
 */
export class TrainingModel {
  /** For evaluation between epochs; only the model itself writes to it. */
  readonly state: DeviceState;
  readonly network: Network;
  private readonly backend: Backend;
  private readonly spec: TrainSpec;
  private readonly step: CompiledStep;
  private readonly variables: readonly Variable[];
  private readonly extraNames: readonly string[];
  private gradientStep: CompiledStep | undefined;

  /**
   * @param model where training starts. Parameters with a mask are trained under it, and only these can get another later;
   * optimiser slots that it lacks are zeros, as are those of what a mask prunes.
   */
  constructor(backend: Backend, model: Readonly<Model>, spec: TrainSpec, parts: TrainingParts = {}) {
    const { network, weights, masks, optimizer } = model;
    const { extras = {}, hooks = {}, teacher } = parts;
    this.backend = backend;
    this.network = network;
    this.spec = spec;
    this.variables = variablesOf(network, hooks);
    this.extraNames = Object.keys(extras);
    const values: HostRecord = {};
    for (const [name, tensor] of weights) values[stateName.param(name)] = tensor;
    for (const [name, tensor] of teacher?.weights ?? []) values[stateName.teacher(name)] = tensor;
    for (const [name, tensor] of Object.entries(extras)) values[stateName.extra(name)] = tensor;
    for (const [name, mask] of masks) {
      values[stateName.mask(name)] = { shape: this.shapeOf(name), data: Float32Array.from(mask) };
    }
    for (const { name, at } of this.variables) {
      const shape = values[at]?.shape ?? [];
      for (const slot of optimizers[spec.optimizer].slots) {
        const data = optimizer.slots.get(`${slot}/${name}`)?.slice() ?? new Float32Array(sizeOf(shape));
        const mask = masks.get(name);
        if (mask !== undefined) zeroPruned(data, mask);
        values[stateName.slot(slot, name)] = { shape, data };
      }
    }
    this.state = backend.createState(values);
    this.step = backend.compile(trainStep(network, spec, new Set(masks.keys()), hooks, teacher?.network));
  }

  /**
   * One optimiser step.
   * @param count steps that the optimiser's slots have seen, this one included (Adam's t), from 1.
   * @param dropout keep masks by node, already scaled.
   * @returns the batch's mean loss and the number of samples that were classified rightly before the update.
   * @throws EspalierError 'train/diverged' when the loss is no longer a number.
   */
  async train(
    batch: Batch,
    sampleShape: readonly number[],
    lr: number,
    count: number,
    dropout: HostRecord = {},
  ): Promise<{ loss: number; correct: number }> {
    const scalar = (value: number) => ({ shape: [], data: Float32Array.of(value) });
    const inputs: HostRecord = {
      ...fed(batch, sampleShape),
      lr: scalar(lr),
      correction1: scalar(1 - BETA1 ** count),
      correction2: scalar(1 - BETA2 ** count),
      ...dropoutInputs(dropout),
    };
    const { loss, correct } = await this.step.run(this.state, inputs);
    const value = loss?.data[0] ?? NaN;
    if (!Number.isFinite(value)) {
      throw runError('train/diverged', `Training diverged: the loss became ${value} at step ${count}.`, {
        field: 'lr',
        remedy: 'Lower the learning rate of this stage, or add warm-up epochs.',
      });
    }
    return { loss: value, correct: correct?.data[0] ?? 0 };
  }

  /** Gradients of the batch's mean loss by every trainable parameter where training stands; pruned weights have theirs too. */
  async gradients(batch: Batch, sampleShape: readonly number[], dropout: HostRecord = {}): Promise<SlotSet> {
    this.gradientStep ??= this.backend.compile(gradientStep(this.network));
    const inputs = { ...fed(batch, sampleShape), ...dropoutInputs(dropout) };
    const outputs = await this.gradientStep.run(this.state, inputs);
    return new Map(
      variablesOf(this.network, {}).map(({ name }) => [
        name,
        outputs[gradientOutput(name)]?.data as Float32Array,
      ]),
    );
  }

  /** Weights as they are now, copied to the host. */
  async weights(): Promise<WeightSet> {
    const names = Object.keys(this.network.params);
    const values = await this.state.read(names.map(stateName.param));
    return new Map(
      names.map((name) => {
        const data = values[stateName.param(name)]?.data as Float32Array;
        return [name, { shape: this.shapeOf(name), data }];
      }),
    );
  }

  /** Optimiser slots as they are now, copied to the host. */
  async slots(): Promise<SlotSet> {
    const keys = this.variables.flatMap(({ name }) =>
      optimizers[this.spec.optimizer].slots.map((slot) => ({
        key: `${slot}/${name}`,
        at: stateName.slot(slot, name),
      })),
    );
    const values = await this.state.read(keys.map(({ at }) => at));
    return new Map(keys.map(({ key, at }) => [key, values[at]?.data as Float32Array]));
  }

  /** The dynamics' extra tensors as they are now, copied to the host. */
  async extras(names: readonly string[] = this.extraNames): Promise<HostRecord> {
    const values = await this.state.read(names.map(stateName.extra));
    return Object.fromEntries(
      names.flatMap((name) => {
        const value = values[stateName.extra(name)];
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }

  setExtras(values: HostRecord): void {
    this.state.write(
      Object.fromEntries(Object.entries(values).map(([name, value]) => [stateName.extra(name), value])),
    );
  }

  /**
   * Puts new masks to work: pruned weights and their optimiser slots become zero.
   * @param first what weights that come back start from, by parameter, and zero for all others; zero when left out.
   * @returns the weights after masking.
   */
  async setMasks(
    masks: MaskSet,
    first: ReadonlyMap<string, Float32Array> = new Map<string, Float32Array>(),
  ): Promise<WeightSet> {
    const weights = await this.weights();
    const slots = await this.slots();
    const values: HostRecord = {};
    for (const [name, mask] of masks) {
      const shape = this.shapeOf(name);
      const weight = weights.get(name)?.data as Float32Array;
      zeroPruned(weight, mask);
      first.get(name)?.forEach((value, i) => (weight[i] = (weight[i] as number) + value));
      values[stateName.param(name)] = { shape, data: weight };
      values[stateName.mask(name)] = { shape, data: Float32Array.from(mask) };
      for (const slot of optimizers[this.spec.optimizer].slots) {
        const data = slots.get(`${slot}/${name}`);
        if (data === undefined) continue;
        zeroPruned(data, mask);
        values[stateName.slot(slot, name)] = { shape, data };
      }
    }
    this.state.write(values);
    return weights;
  }

  dispose(): void {
    this.step.dispose();
    this.gradientStep?.dispose();
    this.state.dispose();
  }

  private shapeOf(name: string): readonly number[] {
    return this.network.params[name]?.shape ?? [];
  }
}

function dropoutInputs(masks: HostRecord): HostRecord {
  return Object.fromEntries(Object.entries(masks).map(([node, mask]) => [dropoutInput(node), mask]));
}

function zeroPruned(values: Float32Array, mask: Uint8Array): void {
  for (let i = 0; i < mask.length; i++) if (mask[i] === 0) values[i] = 0;
}
