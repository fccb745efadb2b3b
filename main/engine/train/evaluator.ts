import type { Backend, CompiledStep, DeviceState, HostRecord } from '../backend/backend.ts';
import { batches } from '../data/batches.ts';
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
    x: Float32Array,
    shape: readonly number[],
  ): Promise<Map<string, TensorData>> {
    if (names.length === 0) return new Map();
    const step = this.backend.compile(valuesStep(model.network, names));
    try {
      return await this.onDevice(model, async ({ state }) => {
        const found = await step.run(state, { x: { shape, data: x } });
        return new Map(Object.entries(found).map(([name, value]) => [name, value as TensorData]));
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
