import * as tf from '@tensorflow/tfjs-core';
import type { HostRecord, HostTensor, TensorRecord } from '../../backend/backend.ts';
import { sizeOf, type Network } from '../../network/graph.ts';
import { inferShapes } from '../../network/shape.ts';
import type { ScoreSet } from '../scores.ts';
import type { Dynamics, DynamicsKind, DynamicsStart, LiveTraining } from './dynamics.ts';
import { deployedHidden, densitiesOf, FrozenWeights, straightThrough } from './hidden-network.ts';

const score = (name: string) => `score/${name}`;
const noise = (name: string) => `noise/${name}`;
const shift = (name: string) => `shift/${name}`;

/**
 * A mask's logit is this many times its trained score, so that a step moves the logit GAIN^2 times as far: learning rates that
 * suit weights suit scores (the paper trains logits with a rate of 100). A weight that a convolution uses at many places has
 * the sum of their gradients, which grows with the root of their number as far as they are independent; its logit moves less by
 * that root. Without this, logits of convolutions run away to where the sigmoid has no slope and the mask stands still.
 */
const GAIN = 100;

/** The factor from score to logit of every masked weight. */
function gainsOf(network: Network): (name: string) => number {
  const shapes = inferShapes(network, 1);
  const places = new Map(
    network.nodes.map(({ params, outputs: [output = ''] }) => [
      params['weight'] ?? '',
      sizeOf((shapes.get(output) ?? []).slice(2)),
    ]),
  );
  return (name) => GAIN / (places.get(name) ?? 1) ** 0.25;
}
/** Steps between two corrections of the shifts. */
const EVERY = 10;

/**
 * Supermasks (Zhou et al. 2019): weights stay as they are, and a mask is drawn at every step, b ~ Bernoulli(sigmoid(logit)),
 * with the gradient of the sigmoid for that of the drawing. Weights are scaled once, to what keeps the signal's variance at
 * the density of the budget; the paper's rescaling by 1 / density lets signals grow from layer to layer where few are kept.
 * The paper leaves the number of kept weights to the training; here all logits of a layer share a shift that holds the
 * expected share at the budget, and the network that is deployed has the highest logits, exactly as many as the budget says.
 */
export const supermask: DynamicsKind = {
  id: 'supermask',
  label: 'Supermask',
  summary: 'Trains the probability with which each frozen weight is kept, and draws masks at every step.',
  options: ['weights'],
  usesCriterion: false,
  leaveLate: 'every step draws other masks',
  structures: { ids: ['element'], why: 'it draws every weight by itself while it trains' },
  create: (start) => supermaskDynamics(start),
};

function supermaskDynamics(start: DynamicsStart): Dynamics {
  const { network, spec } = start;
  const densities = densitiesOf(start);
  const names = [...densities.keys()];
  const gainOf = gainsOf(network);
  const extras: HostRecord = {};
  for (const [name, density] of densities) {
    const shape = network.params[name]?.shape ?? [];
    extras[score(name)] = { shape, data: new Float32Array(sizeOf(shape)) };
    extras[noise(name)] = { shape, data: new Float32Array(sizeOf(shape)) };
    extras[shift(name)] = scalar(shiftFor(density));
  }
  const frozen = FrozenWeights.forDensities(start, densities);

  return {
    extras,
    hooks: {
      trained: names.map(score),
      effective(params, values) {
        const effective: TensorRecord = { ...params };
        for (const name of names) {
          const logit = tf.sub(
            tf.mul(values[score(name)] as tf.Tensor, gainOf(name)),
            values[shift(name)] as tf.Tensor,
          );
          const drawn = straightThrough(tf.sigmoid(logit), (probability) =>
            tf.cast(tf.less(values[noise(name)] as tf.Tensor, probability), 'float32'),
          );
          effective[name] = tf.mul(frozen.onDevice(name, params[name] as tf.Tensor), drawn);
        }
        return effective;
      },
    },
    async beforeStep(done, _total, live) {
      const random = live.random(`supermask/${done}`);
      const values: HostRecord = {};
      for (const name of names) {
        const shape = network.params[name]?.shape ?? [];
        const data = new Float32Array(sizeOf(shape));
        random.fill(data);
        values[noise(name)] = { shape, data };
      }
      if (done % EVERY === 0) {
        const now = await live.readExtras(names.flatMap((name) => [score(name), shift(name)]));
        for (const name of names) {
          const { data } = now[score(name)] as HostTensor & { data: Float32Array };
          const at = now[shift(name)]?.data[0] ?? 0;
          values[shift(name)] = scalar(correctedShift(data, gainOf(name), at, densities.get(name) ?? 1));
        }
      }
      live.writeExtras(values);
    },
    async deployed(live) {
      return deployedHidden(
        await live.weights(),
        frozen,
        live.choose(await logits(live, names, gainOf), spec.target),
      );
    },
    save: () => null,
  };
}

/** Log-odds of every weight. */
async function logits(
  live: LiveTraining,
  names: readonly string[],
  gainOf: (name: string) => number,
): Promise<ScoreSet> {
  const values = await live.readExtras(names.flatMap((name) => [score(name), shift(name)]));
  return new Map(
    names.map((name) => {
      const at = values[shift(name)]?.data[0] ?? 0;
      const gain = gainOf(name);
      return [name, (values[score(name)]?.data as Float32Array).map((s) => gain * s - at)];
    }),
  );
}

/** The shift at which scores of zero keep this share. */
function shiftFor(density: number): number {
  return density >= 1 ? -CERTAIN : Math.log((1 - density) / density);
}

/** Logits beyond this are as good as certain. */
const CERTAIN = 20;

/** One step of Newton's method towards the shift at which mean sigmoid(gain * score - shift) is the density. */
export function correctedShift(scores: Float32Array, gain: number, shift: number, density: number): number {
  if (density >= 1) return shift;
  let mean = 0;
  let slope = 0;
  for (const value of scores) {
    const probability = 1 / (1 + Math.exp(shift - gain * value));
    mean += probability;
    slope += probability * (1 - probability);
  }
  const step = (mean - density * scores.length) / Math.max(slope, 1e-6 * scores.length);
  return shift + Math.min(1, Math.max(-1, step));
}

function scalar(value: number): HostTensor {
  return { shape: [], data: Float32Array.of(value) };
}
