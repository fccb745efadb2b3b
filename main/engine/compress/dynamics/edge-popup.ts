import * as tf from '@tensorflow/tfjs-core';
import type { HostRecord, TensorRecord } from '../../backend/backend.ts';
import { fans } from '../../network/initialize.ts';
import { sizeOf } from '../../network/graph.ts';
import type { ScoreSet } from '../scores.ts';
import type { Dynamics, DynamicsKind, DynamicsStart, LiveTraining } from './dynamics.ts';
import { deployedHidden, densitiesOf, FrozenWeights, straightThrough } from './hidden-network.ts';

const score = (name: string) => `score/${name}`;
const kept = (name: string) => `kept/${name}`;

/**
 * Edge-popup (Ramanujan et al. 2020): weights stay as they are, and each has a score s. The forward pass keeps the weights of
 * the highest scores, as many as the budget leaves; backwards dL/ds = dL/d(kept weight) x w for all, kept or not. Scores start
 * at |U(-b, b)| with b = 1 / sqrt(fan in), decay as the recipe says (1e-4, as the authors') and are compared as they are: the
 * paper's code compares absolute values. Kept weights have the magnitude sqrt(2 / (fan in x density)), which holds the signal's
 * variance whatever share is kept; in the gradient w has the authors' sqrt(2 / fan in). With the scaled one, scores of sparse
 * layers move so far in a step that their masks are drawn anew again and again, and from 98 % on nothing is learned.
 */
export const edgePopup: DynamicsKind = {
  id: 'edge-popup',
  label: 'Edge-popup',
  summary: 'Trains a score per frozen weight and keeps the best-scored weights at every step.',
  options: ['weights'],
  usesCriterion: false,
  leaveLate: 'what is pruned may come back as scores change',
  structures: {
    ids: ['element', 'n:m', 'block'],
    why: 'it trains scores of weights, and norms and biases have none',
  },
  create: (start) => edgePopupDynamics(start),
};

function edgePopupDynamics(start: DynamicsStart): Dynamics {
  const { network, spec } = start;
  const extras: HostRecord = {};
  const densities = densitiesOf(start);
  for (const name of densities.keys()) {
    const shape = network.params[name]?.shape ?? [];
    const { fanIn } = fans(shape);
    const random = start.random(`edge-popup/${name}`);
    const first = Float32Array.from(
      { length: sizeOf(shape) },
      () => Math.abs(2 * random.float() - 1) / Math.sqrt(fanIn),
    );
    extras[score(name)] = { shape, data: first };
    extras[kept(name)] = { shape, data: new Float32Array(first.length) };
  }
  const names = [...densities.keys()];
  const frozen = FrozenWeights.forDensities(start, densities);

  async function masks(live: LiveTraining) {
    const values = await live.readExtras(names.map(score));
    const scores: ScoreSet = new Map(names.map((name) => [name, values[score(name)]?.data as Float32Array]));
    return live.choose(scores, spec.target);
  }

  return {
    extras,
    hooks: {
      trained: names.map(score),
      trainedDecay: true,
      effective(params, values) {
        const effective: TensorRecord = { ...params };
        for (const name of names) {
          const chosen = straightThrough(
            values[score(name)] as tf.Tensor,
            () => tf.clone(values[kept(name)] as tf.Tensor),
            Math.sqrt(densities.get(name) ?? 1),
          );
          effective[name] = tf.mul(frozen.onDevice(name, params[name] as tf.Tensor), chosen);
        }
        return effective;
      },
    },
    async beforeStep(_done, _total, live) {
      const values: HostRecord = {};
      for (const [name, mask] of await masks(live)) {
        values[kept(name)] = {
          shape: network.params[name]?.shape ?? [],
          data: Float32Array.from(mask),
        };
      }
      live.writeExtras(values);
    },
    async deployed(live) {
      return deployedHidden(await live.weights(), frozen, await masks(live));
    },
    save: () => null,
  };
}
