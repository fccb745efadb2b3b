import type { Backend, CompiledStep, HostRecord } from '../backend/backend.ts';
import { batches } from '../data/batches.ts';
import type { Dataset, Split } from '../data/dataset.ts';
import { copyWeights } from '../compress/masks.ts';
import { dropoutSites } from '../network/dropout.ts';
import { sizeOf, type Network, type WeightSet } from '../network/graph.ts';
import type { Weighed } from '../network/model.ts';
import { batchNorms, withFullMomentum } from '../network/norm-after.ts';
import { inferShapes } from '../network/shape.ts';
import type { Random } from '../base/random.ts';
import { dropoutInput, statisticsStep, stateName } from './step.ts';

interface Options {
  /** Samples of the batches that normalise the layers below, as in training. */
  readonly batchSize: number;
  /** Order of the samples: sorted data would make batches of a single class. */
  readonly random: Random;
  /** Called between batches: pause and cancel. */
  readonly gate: () => Promise<void>;
}

export function hasBatchNorm(network: Network): boolean {
  return batchNorms(network).length > 0;
}

/**
 * Gives every batch norm the exact mean and variance of its input over the samples that it is shown, in place of running
 * averages that pruning has made stale. One pass: each layer's input is made as in training, the layers below normalised by
 * their batch; means and squared deviations of the batches are pooled in double precision (Chan, Golub and LeVeque 1983),
 * and the variance is that of the population, divided by the number of values. Compiled once for all weights of a network.
 */
export class Recalibrator {
  private readonly backend: Backend;
  private readonly network: Network;
  private readonly step: CompiledStep;
  private readonly perSample: ReadonlyMap<string, number>;

  constructor(backend: Backend, network: Network) {
    this.backend = backend;
    this.network = network;
    this.step = backend.compile(statisticsStep(withFullMomentum(network)));
    this.perSample = valuesPerSample(network);
  }

  /**
   * @param split the samples
   * @returns a copy of the weights with new statistics; nothing else differs
   */
  async run(
    weights: WeightSet,
    split: Split,
    dataset: Dataset,
    { batchSize, random, gate }: Options,
  ): Promise<WeightSet> {
    const { backend, network, step, perSample } = this;
    const nodes = batchNorms(network);
    const values: HostRecord = {};
    for (const [name, tensor] of weights) values[stateName.param(name)] = tensor;
    const state = backend.createState(values);
    const pools = new Map(nodes.map((node) => [node.name, new Pool()]));
    try {
      for (const batch of batches(split, dataset, { batchSize, order: 'shuffled', random })) {
        await gate();
        const shape = [batch.size, ...dataset.sampleShape];
        const found = await step.run(state, {
          x: { shape, data: batch.x },
          ...withoutDropout(network, batch.size),
        });
        for (const node of nodes) {
          const count = batch.size * (perSample.get(node.name) ?? 1);
          const read = (role: string) => found[node.params[role] ?? '']?.data as Float32Array;
          pools.get(node.name)?.add(count, read('mean'), read('variance'));
        }
      }
    } finally {
      state.dispose();
    }
    const result = copyWeights(weights);
    for (const node of nodes) {
      const pool = pools.get(node.name);
      const put = (role: string, numbers: Float64Array) =>
        result.get(node.params[role] ?? '')?.data.set(Float32Array.from(numbers));
      if (pool === undefined || pool.count === 0) continue;
      put('mean', pool.mean);
      put('variance', pool.variance());
    }
    return result;
  }

  dispose(): void {
    this.step.dispose();
  }
}

/** The same once, over the whole training part. */
export async function recalibrate(
  backend: Backend,
  { network, weights }: Weighed,
  dataset: Dataset,
  options: Options,
): Promise<WeightSet> {
  const recalibrator = new Recalibrator(backend, network);
  try {
    return await recalibrator.run(weights, dataset.train, dataset, options);
  } finally {
    recalibrator.dispose();
  }
}

/** Mean and squared deviations of everything that was added, channel by channel. */
class Pool {
  count = 0;
  mean = new Float64Array();
  private squares = new Float64Array();

  /** @param variance unbiased, as training gives it: divided by count - 1. */
  add(count: number, mean: Float32Array, variance: Float32Array): void {
    if (this.count === 0) {
      this.mean = new Float64Array(mean.length);
      this.squares = new Float64Array(mean.length);
    }
    const total = this.count + count;
    mean.forEach((value, i) => {
      const difference = value - (this.mean[i] ?? 0);
      const own = (variance[i] ?? 0) * Math.max(count - 1, 0);
      const between = (difference * difference * this.count * count) / total;
      this.squares[i] = (this.squares[i] ?? 0) + own + between;
      this.mean[i] = (this.mean[i] ?? 0) + (difference * count) / total;
    });
    this.count = total;
  }

  variance(): Float64Array {
    return this.squares.map((sum) => sum / this.count);
  }
}

/** Masks that keep everything: what is measured is the network as it will be used. */
function withoutDropout(network: Network, size: number): HostRecord {
  return Object.fromEntries(
    dropoutSites(network, size).map(({ node, shape }) => [
      dropoutInput(node),
      { shape, data: new Float32Array(sizeOf(shape)).fill(1) },
    ]),
  );
}

/** Values of one channel that one sample brings to each batch norm: 1, or height times width. */
function valuesPerSample(network: Network): Map<string, number> {
  const shapes = inferShapes(network, 1);
  return new Map(
    batchNorms(network).map(({ name, inputs: [input = ''] }) => {
      const [, , ...space] = shapes.get(input) ?? [];
      return [name, space.reduce((size, dim) => size * dim, 1)];
    }),
  );
}
