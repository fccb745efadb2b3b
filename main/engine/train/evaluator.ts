import type { Backend, CompiledStep, DeviceState, HostRecord } from '../backend/backend.ts';
import { batches } from '../data/batches.ts';
import type { Dataset, Split } from '../data/dataset.ts';
import type { Classification } from '../evaluate/classification.ts';
import { meterFor } from '../evaluate/meter.ts';
import { judgementBy } from '../network/head.ts';
import type { Judgement } from '../gradients/loss.ts';
import type { Network, WeightSet } from '../network/graph.ts';
import { evaluationStep, stateName } from './step.ts';

/** Samples per call of the forward pass. */
const BATCH = 256;

/** The forward pass in evaluation mode, compiled once and used for every measurement of a run. */
export class Evaluator {
  private readonly backend: Backend;
  private readonly step: CompiledStep;
  private readonly judgement: Judgement;

  constructor(backend: Backend, network: Network) {
    this.backend = backend;
    this.judgement = judgementBy(network);
    this.step = backend.compile(evaluationStep(network));
  }

  /** Logits of normalised samples x [size, ...sampleShape], row-major [size, classes]. */
  async logits(state: DeviceState, x: Float32Array, shape: readonly number[]): Promise<Float32Array> {
    const { logits } = await this.step.run(state, { x: { shape, data: x } });
    return logits?.data as Float32Array;
  }

  /**
   * Measures the weights in `state` on one part of the data.
   * @param gate called between batches: pause and cancel.
   */
  async evaluate(
    state: DeviceState,
    dataset: Dataset,
    split: Split,
    gate: () => Promise<void>,
  ): Promise<Classification> {
    const meter = meterFor(dataset, this.judgement);
    for (const batch of batches(split, dataset, { batchSize: BATCH, order: 'sequential' })) {
      await gate();
      meter.add(await this.logits(state, batch.x, [batch.size, ...dataset.sampleShape]), batch.y);
    }
    return meter.result();
  }

  /** A device state that holds nothing but weights; the caller disposes of it. */
  stateOf(weights: WeightSet): DeviceState {
    const values: HostRecord = {};
    for (const [name, tensor] of weights) values[stateName.param(name)] = tensor;
    return this.backend.createState(values);
  }

  dispose(): void {
    this.step.dispose();
  }
}
