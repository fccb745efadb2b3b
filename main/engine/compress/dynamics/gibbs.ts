import * as tf from '@tensorflow/tfjs-core';
import type { HostRecord, TensorRecord } from '../../backend/backend.ts';
import { sizeOf, type Network, type TensorData, type WeightSet } from '../../network/graph.ts';
import type { Random } from '../../base/random.ts';
import type { ScoreSet } from '../criteria/criterion.ts';
import { applyMasks, copyWeights } from '../masks.ts';
import { candidates } from '../select.ts';
import type { Dynamics, DynamicsKind, DynamicsStart, LiveTraining } from './dynamics.ts';
import { gibbsBeta, sampleKernels, sampleUnary, variance } from './gibbs-sampler.ts';

const extra = (name: string) => `kept/${name}`;

/** Reward for equal masks within a kernel: c in the paper's code. */
const COUPLING = 0.01;

/**
 * Gibbs pruning (Labach and Valaee 2020): at every training step each weight's mask is drawn from p(x) ~ exp(-beta H(x, w)),
 * and beta rises, so that pruning is dropout at first and keeps the largest weights in the end. The Hamiltonian's threshold
 * lies halfway between the smallest w^2 that the scope would keep in a layer now and the largest that it would prune: the
 * percentile of the target sparsity. Weights are never zeroed while training goes on; their gradients are masked.
 */
export const gibbs: DynamicsKind = {
  id: 'gibbs',
  label: 'Gibbs pruning',
  summary: 'Draws masks at random at every step, ever more likely those of the largest weights.',
  options: ['normalize', 'kernels'],
  usesCriterion: false,
  create: (start) => gibbsDynamics(start),
};

function gibbsDynamics({ network, spec }: DynamicsStart): Dynamics {
  const { normalize = false, kernels = false } = spec.options;
  const names = candidates(network, spec.selection.exclude);
  const extras: HostRecord = {};
  for (const name of names) {
    const shape = shapeOf(network, name);
    extras[extra(name)] = { shape, data: new Float32Array(sizeOf(shape)).fill(1) };
  }
  const areaOf = (name: string) => (kernels ? sizeOf(shapeOf(network, name).slice(2)) : 1);

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

  /** Means of w^2 over each kernel, given to all of its weights: whole kernels stay or go. */
  function scores(squared: Map<string, Float32Array>): Map<string, Float32Array> {
    return new Map([...squared].map(([name, values]) => [name, kernelMeans(values, areaOf(name))]));
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
      const beta = gibbsBeta(done / total);
      const random = live.random(`gibbs/${done}`);
      const squared = squares(await live.weights());
      const ranked = scores(squared);
      const masks = live.choose(ranked, spec.target);
      const values: HostRecord = {};
      for (const [name, w2] of squared) {
        const threshold = between(ranked.get(name) as Float32Array, masks.get(name) as Uint8Array);
        const data = draw(w2, areaOf(name), threshold, beta, random);
        values[extra(name)] = { shape: shapeOf(network, name), data };
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

function draw(
  squared: Float32Array,
  area: number,
  threshold: number,
  beta: number,
  random: Random,
): Float32Array {
  if (area > 1) {
    const fields = squared.map((w2) => threshold - w2);
    return sampleKernels(fields, area, beta, COUPLING, random);
  }
  const noise = new Float32Array(squared.length);
  random.fill(noise);
  return sampleUnary(squared, threshold, beta, noise);
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

function kernelMeans(values: Float32Array, area: number): Float32Array {
  if (area === 1) return values;
  const means = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += area) {
    let sum = 0;
    for (let i = start; i < start + area; i++) sum += values[i] as number;
    means.fill(sum / area, start, start + area);
  }
  return means;
}

function shapeOf(network: Network, name: string): readonly number[] {
  return network.params[name]?.shape ?? [];
}
