import * as tf from '@tensorflow/tfjs-core';
import type { Backend, HostRecord, StepFunction } from './backend.ts';
import { batchNormTrain } from '../gradients/batch-norm.ts';
import { softmaxCrossEntropy } from '../gradients/cross-entropy.ts';

/** A small convolutional training step by which devices are checked and compared. */

/** Sizes of the step. */
export interface Geometry {
  readonly batch: number;
  readonly size: number;
  readonly channels: number;
}

/** Small enough for plain JavaScript, which the numbers are compared with. */
export const SMALL: Geometry = { batch: 2, size: 6, channels: 4 };
/** Large enough that arithmetic, not calling, is what takes the time. */
export const LARGE: Geometry = { batch: 16, size: 16, channels: 32 };
const CLASSES = 10;
const CHECKED_STEPS = 3;

/** Losses of a few small steps, to be compared with another device's. */
export async function probeLosses(backend: Backend): Promise<number[]> {
  const losses: number[] = [];
  await repeat(backend, SMALL, (loss) => losses.push(loss) < CHECKED_STEPS);
  return losses;
}

/** Speed of a training step in GFLOP/s, the best of those that fit into `budgetMs`. */
export async function probeSpeed(backend: Backend, geometry: Geometry, budgetMs: number): Promise<number> {
  let best = Infinity;
  let last: number | undefined;
  const end = performance.now() + budgetMs;
  await repeat(backend, geometry, () => {
    const now = performance.now();
    // The first step is compiled and does not count.
    if (last !== undefined) best = Math.min(best, now - last);
    last = now;
    return now < end || best === Infinity;
  });
  const { batch, size, channels } = geometry;
  const multiplyAdds = 3 * batch * size * size * 9 * channels * channels;
  return (2 * multiplyAdds) / (best * 1e6);
}

/** Largest relative difference between two devices' losses. */
export function difference(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((loss, i) => Math.abs(loss - (b[i] ?? NaN)) / Math.abs(loss)));
}

/** Runs steps as long as `more` says so. */
async function repeat(backend: Backend, geometry: Geometry, more: (loss: number) => boolean): Promise<void> {
  const { batch, size, channels } = geometry;
  const state = backend.createState(initialState(channels));
  const step = backend.compile(probeStep);
  const labels = Int32Array.from({ length: batch }, (_, i) => i % CLASSES);
  const inputs = { x: numbers([batch, size, size, channels], 1), y: { shape: [batch], data: labels } };
  try {
    let going = true;
    while (going) going = more((await step.run(state, inputs))['loss']?.data[0] ?? NaN);
  } finally {
    state.dispose();
    step.dispose();
  }
}

const probeStep: StepFunction = (inputs, state) => {
  const names = ['filter', 'scale', 'shift', 'dense'];
  const { value, grads } = tf.valueAndGrads((...weights: tf.Tensor[]) => {
    const [filter, scale, shift, dense] = weights as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor2D];
    const hidden = tf.conv2d(inputs['x'] as tf.Tensor4D, filter, 1, 'same');
    const active = tf.relu(batchNormTrain(hidden, scale, shift, 1e-5).y) as tf.Tensor4D;
    const pooled = tf.mean(tf.maxPool(active, 2, 2, 'valid'), [1, 2]);
    return softmaxCrossEntropy(tf.matMul(pooled, dense), inputs['y'] as tf.Tensor1D, 0);
  })(names.map((name) => state[name] as tf.Tensor));
  const next = names.map((name, i) => [
    name,
    tf.sub(state[name] as tf.Tensor, tf.mul(grads[i] as tf.Tensor, 0.1)),
  ]);
  return { outputs: { loss: value }, state: Object.fromEntries(next) as Record<string, tf.Tensor> };
};

function initialState(channels: number): HostRecord {
  return {
    filter: numbers([3, 3, channels, channels], 0.1),
    scale: { shape: [channels], data: new Float32Array(channels).fill(1) },
    shift: { shape: [channels], data: new Float32Array(channels) },
    dense: numbers([channels, CLASSES], 1),
  };
}

/** Numbers without pattern in (-scale, scale), the same everywhere. */
function numbers(shape: number[], scale: number): { shape: number[]; data: Float32Array } {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = new Float32Array(size);
  let state = size;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = scale * (state / 2 ** 31 - 1);
  }
  return { shape, data };
}
