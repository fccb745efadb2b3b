import * as tf from '@tensorflow/tfjs-core';
import type { HostRecord, TensorRecord } from '../../backend/backend.ts';
import { sizeOf, type Network, type TensorData, type WeightSet } from '../../network/graph.ts';
import type { Random } from '../../base/random.ts';
import type { ScoreSet } from '../scores.ts';
import { applyMasks, copyWeights } from '../masks.ts';
import { candidates } from '../select.ts';
import type { Dynamics, DynamicsKind, DynamicsStart, LiveTraining } from './dynamics.ts';
import { sampleFilters } from './gibbs-filters.ts';
import { gibbsBeta, sampleKernels, sampleUnary, variance, type Hamiltonian } from './gibbs-sampler.ts';

const extra = (name: string) => `kept/${name}`;

/** Rewards for equal masks within a kernel or a filter: c in the paper's code. */
const COUPLING = { kernel: 0.01, filter: 1 };

/**
 * Gibbs pruning (Labach and Valaee 2020): at every training step each weight's mask is drawn from p(x) ~ exp(-beta H(x, w)),
 * and beta rises, so that pruning is dropout at first and keeps the largest weights in the end. The Hamiltonian's threshold
 * lies halfway between the smallest w^2 that the scope would keep in a layer now and the largest that it would prune: the
 * percentile of the target sparsity. Weights are never zeroed while training goes on; their gradients are masked. The
 * Hamiltonians of kernels and filters draw equal masks within them; dense weights, which have neither, are drawn one by one.
 */
export const gibbs: DynamicsKind = {
  id: 'gibbs',
  label: 'Gibbs pruning',
  summary: 'Draws masks at random at every step, ever more likely those of the largest weights.',
  options: ['normalize', 'hamiltonian'],
  usesCriterion: false,
  leaveLate: 'every step draws other masks',
  structures: {
    ids: ['element'],
    why: 'its Hamiltonian says what stays together: weights, kernels or filters',
  },
  create: (start) => gibbsDynamics(start),
};

function gibbsDynamics({ network, spec }: DynamicsStart): Dynamics {
  const { normalize = false, hamiltonian = 'unary' } = spec.options;
  const names = candidates(network, spec.selection.exclude);
  const extras: HostRecord = {};
  for (const name of names) {
    const shape = shapeOf(network, name);
    extras[extra(name)] = { shape, data: new Float32Array(sizeOf(shape)).fill(1) };
  }
  const groupOf = (name: string) => groupSize(shapeOf(network, name), hamiltonian);

  /** w^2 of each weight, in units of the layer's variance where the recipe wants that. */
  function squares(weights: WeightSet): ScoreSet & Map<string, Float32Array> {
    return new Map(
      names.map((name) => {
        const { data } = weights.get(name) as TensorData;
        const unit = normalize ? variance(data) || 1 : 1;
        const squared = new Float32Array(data.length);
        for (let i = 0; i < data.length; i++) squared[i] = (data[i] as number) ** 2 / unit;
        return [name, squared];
      }),
    );
  }

  /** Means of w^2 over each kernel or filter, given to all of its weights: whole ones stay or go. */
  function scores(squared: Map<string, Float32Array>): Map<string, Float32Array> {
    return new Map([...squared].map(([name, values]) => [name, groupMeans(values, groupOf(name))]));
  }

  return {
    extras,
    hooks: {
      effective(params, { ...values }) {
        const masked: TensorRecord = { ...params };
        for (const name of names) {
          masked[name] = tf.mul(params[name] as tf.Tensor, values[extra(name)] as tf.Tensor);
        }
        return masked;
      },
    },
    async beforeStep(done, total, live) {
      const beta = gibbsBeta(done / total, hamiltonian);
      const random = live.random(`gibbs/${done}`);
      const squared = squares(await live.weights());
      const ranked = scores(squared);
      const masks = live.choose(ranked, spec.target);
      const values: HostRecord = {};
      for (const [name, w2] of squared) {
        const threshold = between(ranked.get(name) as Float32Array, masks.get(name) as Uint8Array);
        const shape = shapeOf(network, name);
        values[extra(name)] = { shape, data: draw(hamiltonian, w2, shape, threshold, beta, random) };
      }
      live.writeExtras(values);
    },
    async deployed(live: LiveTraining) {
      const weights = copyWeights(await live.weights());
      const masks = live.choose(scores(squares(weights)), spec.target);
      applyMasks(weights, masks);
      return { weights, masks };
    },
    save: () => null,
  };
}

/** Weights whose masks hang together, one after the other: a kernel, a filter of a convolution, or one alone. */
function groupSize(shape: readonly number[], hamiltonian: Hamiltonian): number {
  if (hamiltonian === 'unary' || shape.length < 3) return 1;
  return sizeOf(shape.slice(hamiltonian === 'kernel' ? 2 : 1));
}

function draw(
  hamiltonian: Hamiltonian,
  squared: Float32Array,
  shape: readonly number[],
  threshold: number,
  beta: number,
  random: Random,
): Float32Array {
  const size = groupSize(shape, hamiltonian);
  if (hamiltonian === 'unary' || size === 1) {
    const noise = new Float32Array(squared.length);
    random.fill(noise);
    return sampleUnary(squared, threshold, beta, noise);
  }
  const fields = squared.map((w2) => threshold - w2);
  return hamiltonian === 'kernel'
    ? sampleKernels(fields, size, beta, COUPLING.kernel, random)
    : sampleFilters(fields, size, firstColour(shape), beta, COUPLING.filter, random);
}

/** Weights of a filter in the first half of the input channels; in the first half of the kernel where there is one channel. */
function firstColour([, channels = 1, ...kernel]: readonly number[]): number {
  const area = sizeOf(kernel);
  return channels > 1 ? Math.floor(channels / 2) * area : Math.floor(area / 2);
}

/** Halfway between the smallest kept score and the largest pruned one; where all or none are kept, at the edge. */
export function between(scores: Float32Array, mask: Uint8Array): number {
  let low = 0;
  let high = Infinity;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    if (mask[i] === 1) high = Math.min(high, score);
    else low = Math.max(low, score);
  }
  return high === Infinity ? low : (low + high) / 2;
}

function groupMeans(values: Float32Array, size: number): Float32Array {
  if (size === 1) return values;
  const means = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += size) {
    let sum = 0;
    for (let i = start; i < start + size; i++) sum += values[i] as number;
    means.fill(sum / size, start, start + size);
  }
  return means;
}

function shapeOf(network: Network, name: string): readonly number[] {
  return network.params[name]?.shape ?? [];
}
