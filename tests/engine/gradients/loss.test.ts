import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { trainSpecSchema } from '../../../main/contract/recipe.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { countRight, labelLoss, teacherLoss, type Judgement } from '../../../main/engine/gradients/loss.ts';
import type { Network, WeightSet } from '../../../main/engine/network/graph.ts';
import { wholeModel } from '../../../main/engine/network/model.ts';
import { TrainingModel } from '../../../main/engine/train/training-model.ts';
import { useBackend } from '../compress/support.ts';

const SIZE = 5;
const CLASSES = 3;
const random = Random.from(1, 'loss');
const normals = (count: number, scale = 1) =>
  Float32Array.from({ length: count }, () => scale * random.normal());
const matrix = Float32Array.of(1, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 1);
const indices = Int32Array.of(0, 2, 1, 1, 0);
const oneHot = Float32Array.from({ length: SIZE * CLASSES }, (_, i) =>
  indices[Math.floor(i / CLASSES)] === i % CLASSES ? 1 : 0,
);

/** Mean of -t log p - (1 - t) log (1 - p) over samples and classes, and its gradient by the logits, from the definition. */
function byHand(logits: Float32Array, targets: Float32Array, smoothing = 0) {
  const gradient: number[] = [];
  let loss = 0;
  logits.forEach((z, i) => {
    const t = (targets[i] ?? 0) * (1 - smoothing) + smoothing / 2;
    const p = 1 / (1 + Math.exp(-z));
    loss -= (t * Math.log(p) + (1 - t) * Math.log(1 - p)) / logits.length;
    gradient.push((p - t) / logits.length);
  });
  return { loss, gradient };
}

/** T^2 times the mean over samples and classes of the Bernoulli divergence, and its gradient by the student's logits. */
function divergence(student: Float32Array, teacher: Float32Array, t: number) {
  const gradient: number[] = [];
  let loss = 0;
  student.forEach((z, i) => {
    const p = 1 / (1 + Math.exp(-z / t));
    const q = 1 / (1 + Math.exp(-(teacher[i] ?? 0) / t));
    loss += (t * t * (q * Math.log(q / p) + (1 - q) * Math.log((1 - q) / (1 - p)))) / student.length;
    gradient.push((t * (p - q)) / student.length);
  });
  return { loss, gradient };
}

const near = (found: ArrayLike<number>, wanted: readonly number[]) => {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 6));
};

describe.each(['cpu', 'onnxruntime'])('binary cross-entropy on %s', (device) => {
  const backend = useBackend(device);

  /** Loss and gradient by the logits, from a compiled step. */
  async function measured(
    loss: (z: tf.Tensor2D, inputs: Record<string, tf.Tensor>) => tf.Scalar,
    z: Float32Array,
    inputs: Record<string, { shape: number[]; data: Float32Array | Int32Array }>,
  ) {
    const step = backend().compile((given) => {
      const { value, grad } = tf.valueAndGrad((logits: tf.Tensor) => loss(logits as tf.Tensor2D, given))(
        given['z'] as tf.Tensor,
      );
      return { outputs: { value, grad }, state: {} };
    });
    const state = backend().createState({});
    const found = await step.run(state, { z: { shape: [SIZE, CLASSES], data: z }, ...inputs });
    state.dispose();
    step.dispose();
    return { loss: found['value']?.data[0], gradient: found['grad']?.data ?? [] };
  }

  it.each<[string, Judgement, Float32Array | Int32Array, Float32Array, number]>([
    ['a matrix of labels', 'each class', matrix, matrix, 0],
    ['a matrix of labels, whatever the network', 'one class', matrix, matrix, 0],
    ['class indices', 'each class', indices, oneHot, 0],
    ['smoothed labels', 'each class', matrix, matrix, 0.2],
  ])('with %s is that of the definition', async (_, judgement, labels, targets, smoothing) => {
    const z = normals(SIZE * CLASSES, 3);
    const y = { shape: labels instanceof Int32Array ? [SIZE] : [SIZE, CLASSES], data: labels };
    const found = await measured(
      (logits, { y: given }) => labelLoss(judgement, logits, given as tf.Tensor, smoothing),
      z,
      { y },
    );
    const wanted = byHand(z, targets, smoothing);
    expect(found.loss).toBeCloseTo(wanted.loss, 5);
    near(found.gradient, wanted.gradient);
  });

  it('stays finite for logits of a thousand', async () => {
    const z = Float32Array.from({ length: SIZE * CLASSES }, (_, i) => (i % 2 === 0 ? 1000 : -1000));
    const y = { shape: [SIZE, CLASSES], data: Float32Array.from(z, (value) => Number(value < 0)) };
    const found = await measured(
      (logits, { y: given }) => labelLoss('each class', logits, given as tf.Tensor, 0),
      z,
      { y },
    );
    expect(found.loss).toBeCloseTo(1000, 2);
    near(
      found.gradient,
      [...z].map((value) => Math.sign(value) / z.length),
    );
  });

  it.each([1, 4])('has a counterpart for what a teacher knows, at temperature %d', async (temperature) => {
    const [z, teacher] = [normals(SIZE * CLASSES, 2), normals(SIZE * CLASSES, 2)];
    const inputs = {
      teacher: { shape: [SIZE, CLASSES], data: teacher },
      y: { shape: [SIZE], data: indices },
    };
    const found = await measured(
      (logits, { teacher: t, y }) =>
        teacherLoss('each class', logits, t as tf.Tensor2D, y as tf.Tensor, temperature),
      z,
      inputs,
    );
    const wanted = divergence(z, teacher, temperature);
    expect(found.loss).toBeCloseTo(wanted.loss, 5);
    near(found.gradient, wanted.gradient);
  });

  it('trains: a step goes along the gradient, and counts samples with all classes right', async () => {
    const network: Network = {
      name: 'linear',
      inputs: [{ name: 'x', shape: [2] }],
      outputs: ['y'],
      nodes: [{ name: 'y', op: 'Dense', inputs: ['x'], outputs: ['y'], params: { weight: 'w' }, attrs: {} }],
      params: { w: { shape: [CLASSES, 2], role: 'weight', init: { kind: 'zeros' } } },
    };
    const start = normals(CLASSES * 2);
    const x = normals(SIZE * 2);
    const logits = Float32Array.from({ length: SIZE * CLASSES }, (_, i) => {
      const [n, c] = [Math.floor(i / CLASSES), i % CLASSES];
      return (start[2 * c] ?? 0) * (x[2 * n] ?? 0) + (start[2 * c + 1] ?? 0) * (x[2 * n + 1] ?? 0);
    });
    const { loss, gradient } = byHand(logits, matrix);
    const weights: WeightSet = new Map([['w', { shape: [CLASSES, 2], data: start.slice() }]]);
    const spec = trainSpecSchema.parse({ epochs: 1, momentum: 0, weightDecay: 0 });
    const model = new TrainingModel(backend(), wholeModel({ network, weights }), spec);
    const found = await model.train({ x, y: matrix, size: SIZE }, [2], 0.5, 1);
    expect(found.loss).toBeCloseTo(loss, 5);
    const exact = Array.from({ length: SIZE }, (_, n) =>
      [0, 1, 2].every((c) => Number((logits[n * CLASSES + c] ?? 0) > 0) === matrix[n * CLASSES + c]),
    );
    expect(found.correct).toBe(exact.filter(Boolean).length);
    const after = (await model.weights()).get('w')?.data ?? [];
    start.forEach((w, i) => {
      const [c, f] = [Math.floor(i / 2), i % 2];
      let slope = 0;
      for (let n = 0; n < SIZE; n++) slope += (gradient[n * CLASSES + c] ?? 0) * (x[2 * n + f] ?? 0);
      expect(after[i]).toBeCloseTo(w - 0.5 * slope, 5);
    });
    model.dispose();
  });
});

describe('countRight', () => {
  it('wants every class on its side of zero', () => {
    const logits = tf.tensor2d([2, -1, 0.1, 3, 1, -1], [2, 3]);
    const right = (labels: number[]) => countRight(logits, tf.tensor2d(labels, [2, 3])).dataSync()[0];
    expect(right([1, 0, 1, 1, 1, 0])).toBe(2);
    expect(right([1, 0, 1, 1, 0, 0])).toBe(1);
    expect(right([0, 0, 0, 0, 0, 0])).toBe(0);
  });
});
