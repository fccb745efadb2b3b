import type { Backend, CompiledStep, DeviceState, HostRecord } from '../backend/backend.ts';
import { batches, type Batch } from '../data/batches.ts';
import type { Dataset, Split } from '../data/dataset.ts';
import type { Classification } from '../evaluate/classification.ts';
import { meterFor } from '../evaluate/meter.ts';
import { judgementBy } from '../network/head.ts';
import type { Network, TensorData } from '../network/graph.ts';
import type { Weighed } from '../network/model.ts';
import { evaluationStep, stateName, valuesStep } from './step.ts';

/** Samples per call of the forward pass. */
const BATCH = 256;

/** A model whose weights are on the device already. */
interface Placed {
  readonly network: Network;
  readonly state: DeviceState;
}

/** The forward pass in evaluation mode, compiled once for every network that a run measures. */
export class Evaluator {
  private readonly backend: Backend;
  private readonly steps = new Map<Network, CompiledStep>();

  constructor(backend: Backend) {
    this.backend = backend;
  }

  /** Logits of normalised samples x [size, ...sampleShape], row-major [size, classes]. */
  async logits(model: Weighed | Placed, x: Float32Array, shape: readonly number[]): Promise<Float32Array> {
    return this.onDevice(model, (placed) => this.answer(placed, x, shape));
  }

  /**
   * Measures a model on one part of the data.
   * @param gate called between batches: pause and cancel.
   */
  async evaluate(
    model: Weighed | Placed,
    dataset: Dataset,
    split: Split,
    gate: () => Promise<void>,
  ): Promise<Classification> {
    return this.onDevice(model, async (placed) => {
      const meter = meterFor(dataset, judgementBy(model.network));
      for (const batch of batches(split, dataset, { batchSize: BATCH, order: 'sequential' })) {
        await gate();
        meter.add(await this.answer(placed, batch.x, [batch.size, ...dataset.sampleShape]), batch.y);
      }
      return meter.result();
    });
  }

  /** Values of a network by name, as it makes them of normalised samples x [size, ...sampleShape], in evaluation mode. */
  async values(
    model: Weighed,
    names: readonly string[],
    x: Batch['x'],
    shape: readonly number[],
  ): Promise<ReadonlyMap<string, TensorData>> {
    let found: ReadonlyMap<string, TensorData> = new Map();
    if (names.length === 0) return found;
    const [size = 1, ...sampleShape] = shape;
    await this.watch(model, names, [{ x, size }], sampleShape, async (values) => {
      found = values;
    });
    return found;
  }

  /**
   * The same of many batches, one after the other.
   * @param use is given the values of a batch; the next one is computed once it is done
   */
  async watch(
    model: Weighed,
    names: readonly string[],
    shown: Iterable<Pick<Batch, 'x' | 'size'>>,
    sampleShape: readonly number[],
    use: (values: ReadonlyMap<string, TensorData>) => Promise<void>,
  ): Promise<void> {
    const step = this.backend.compile(valuesStep(model.network, names));
    try {
      await this.onDevice(model, async ({ state }) => {
        for (const { x, size } of shown) {
          const found = await step.run(state, { x: { shape: [size, ...sampleShape], data: x } });
          await use(new Map(Object.entries(found).map(([name, value]) => [name, value as TensorData])));
        }
      });
    } finally {
      step.dispose();
    }
  }

  /** Frees what was compiled for a network that is no longer measured. */
  release(network: Network): void {
    this.steps.get(network)?.dispose();
    this.steps.delete(network);
  }

  private async answer(
    { network, state }: Placed,
    x: Float32Array,
    shape: readonly number[],
  ): Promise<Float32Array> {
    const { logits } = await this.stepOf(network).run(state, { x: { shape, data: x } });
    return logits?.data as Float32Array;
  }

  private stepOf(network: Network): CompiledStep {
    const step = this.steps.get(network) ?? this.backend.compile(evaluationStep(network));
    this.steps.set(network, step);
    return step;
  }

  /** Works with the model on the device; what is put there for it alone is taken away again. */
  private async onDevice<T>(model: Weighed | Placed, work: (placed: Placed) => Promise<T>): Promise<T> {
    if ('state' in model) return work(model);
    const values: HostRecord = {};
    for (const [name, tensor] of model.weights) values[stateName.param(name)] = tensor;
    const state = this.backend.createState(values);
    try {
      return await work({ network: model.network, state });
    } finally {
      state.dispose();
    }
  }
}
