import type { TrainSpec } from '../../contract/recipe.ts';
import { runError } from '../../contract/errors.ts';
import type { Backend, CompiledStep, DeviceState, HostRecord } from '../backend/backend.ts';
import { sizeOf, trainableParams, type MaskSet, type Network, type WeightSet } from '../network/graph.ts';
import { BETA1, BETA2 } from './optimizers/adam.ts';
import { optimizers } from './optimizers/index.ts';
import { dropoutInput, stateName, trainStep } from './step.ts';

/** Optimiser slots on the host: 'velocity/conv1.weight' -> values. */
export type SlotSet = Map<string, Float32Array>;

/** One batch as the data pipeline hands it over. */
export interface Batch {
  /** Normalised samples, [size, ...sampleShape]. */
  readonly x: Float32Array;
  readonly y: Int32Array;
  readonly size: number;
}

/**
 * A network that is being trained: weights, masks and optimiser slots on the device, and the compiled step that moves them.
 * One of these lives for one stage of training; before and after, the numbers are on the host.
 */
export class TrainingModel {
  private readonly network: Network;
  private readonly spec: TrainSpec;
  /** For evaluation between epochs; only the model itself writes to it. */
  readonly state: DeviceState;
  private readonly step: CompiledStep;
  private readonly masked: ReadonlySet<string>;

  /**
   * @param masks parameters with a mask are trained under it; a parameter can only get one later if it has one now.
   * @param slots values to go on from; zeros when left out.
   */
  constructor(
    backend: Backend,
    network: Network,
    spec: TrainSpec,
    weights: WeightSet,
    masks: MaskSet,
    slots: SlotSet = new Map(),
  ) {
    this.network = network;
    this.spec = spec;
    this.masked = new Set(masks.keys());
    const values: HostRecord = {};
    for (const [name, tensor] of weights) values[stateName.param(name)] = tensor;
    for (const [name, mask] of masks) {
      values[stateName.mask(name)] = { shape: this.shapeOf(name), data: Float32Array.from(mask) };
    }
    for (const name of trainableParams(network)) {
      const shape = this.shapeOf(name);
      for (const slot of optimizers[spec.optimizer].slots) {
        const data = slots.get(`${slot}/${name}`) ?? new Float32Array(sizeOf(shape));
        values[stateName.slot(slot, name)] = { shape, data };
      }
    }
    this.state = backend.createState(values);
    this.step = backend.compile(trainStep(network, spec, this.masked));
  }

  /**
   * One optimiser step.
   * @param count steps of this stage including this one (Adam's t), from 1.
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
      x: { shape: [batch.size, ...sampleShape], data: batch.x },
      y: { shape: [batch.size], data: batch.y },
      lr: scalar(lr),
      correction1: scalar(1 - BETA1 ** count),
      correction2: scalar(1 - BETA2 ** count),
    };
    for (const [node, mask] of Object.entries(dropout)) inputs[dropoutInput(node)] = mask;
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
    const keys = trainableParams(this.network).flatMap((name) =>
      optimizers[this.spec.optimizer].slots.map((slot) => ({
        key: `${slot}/${name}`,
        at: stateName.slot(slot, name),
      })),
    );
    const values = await this.state.read(keys.map(({ at }) => at));
    return new Map(keys.map(({ key, at }) => [key, values[at]?.data as Float32Array]));
  }

  /**
   * Puts new masks to work: pruned weights and their optimiser slots become zero, weights that come back start from zero.
   * @returns the weights after masking.
   */
  async setMasks(masks: MaskSet): Promise<WeightSet> {
    const weights = await this.weights();
    const slots = await this.slots();
    const values: HostRecord = {};
    for (const [name, mask] of masks) {
      const shape = this.shapeOf(name);
      const arrays = [weights.get(name)?.data as Float32Array];
      for (const slot of optimizers[this.spec.optimizer].slots) {
        const data = slots.get(`${slot}/${name}`) as Float32Array;
        arrays.push(data);
        values[stateName.slot(slot, name)] = { shape, data };
      }
      for (const data of arrays) {
        for (let i = 0; i < mask.length; i++) if (mask[i] === 0) data[i] = 0;
      }
      values[stateName.param(name)] = { shape, data: arrays[0] as Float32Array };
      values[stateName.mask(name)] = { shape, data: Float32Array.from(mask) };
    }
    this.state.write(values);
    return weights;
  }

  dispose(): void {
    this.step.dispose();
    this.state.dispose();
  }

  private shapeOf(name: string): readonly number[] {
    return this.network.params[name]?.shape ?? [];
  }
}
