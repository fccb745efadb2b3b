import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  trainSpecSchema,
  type Recipe,
  type RecipeInput,
  recipeSchema,
} from '../../../main/contract/recipe.ts';
import type { Backend } from '../../../main/engine/backend/backend.ts';
import { distillationLoss } from '../../../main/engine/gradients/distillation.ts';
import { openPlain } from '../../../main/engine/backend/plain.ts';
import { planOf } from '../../../main/engine/compress/plan/plan.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import type { Network, WeightSet } from '../../../main/engine/network/graph.ts';
import { wholeModel } from '../../../main/engine/network/model.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { TrainingModel } from '../../../main/engine/train/training-model.ts';

const CLASSES = 3;
const FEATURES = 4;
const SIZE = 6;
const HIDDEN = 5;

/** Softmax regression without bias. */
const linear: Network = {
  name: 'linear',
  inputs: [{ name: 'input', shape: [FEATURES] }],
  outputs: ['logits'],
  nodes: [
    {
      name: 'fc',
      op: 'Dense',
      inputs: ['input'],
      outputs: ['logits'],
      params: { weight: 'fc.weight' },
      attrs: {},
    },
  ],
  params: { 'fc.weight': { shape: [CLASSES, FEATURES], role: 'weight', init: { kind: 'glorot-normal' } } },
};

/** The same with a layer before it, whose weight is named as the student's only one is. */
const deeper = new NetworkBuilder('deeper', [FEATURES])
  .dense('fc', HIDDEN, { bias: false })
  .dense('last', CLASSES, { bias: false })
  .build();

let backend: Backend;
beforeAll(async () => {
  backend = await openPlain('cpu', 'cpu', 'plain JavaScript');
});

const random = Random.from(3, 'distillation');
const normals = (n: number) => Float32Array.from({ length: n }, () => random.normal());
const softmax = (z: readonly number[], t = 1) => {
  const e = z.map((v) => Math.exp(v / t));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / sum);
};
const logits = (w: ArrayLike<number>, x: ArrayLike<number>, n: number) =>
  Array.from({ length: CLASSES }, (_, c) => {
    let sum = 0;
    for (let f = 0; f < FEATURES; f++) sum += (w[c * FEATURES + f] ?? 0) * (x[n * FEATURES + f] ?? 0);
    return sum;
  });

/** Loss and weight gradient of (1 - a) CE + a T^2 KL(teacher || student), from Hinton et al.'s formula, in float64. */
function byHand(
  w: ArrayLike<number>,
  teacher: ArrayLike<number>,
  x: Float32Array,
  y: Int32Array,
  a: number,
  t: number,
) {
  const gradient = new Float64Array(CLASSES * FEATURES);
  let loss = 0;
  for (let n = 0; n < SIZE; n++) {
    const z = logits(w, x, n);
    const [hard, soft, wanted] = [softmax(z), softmax(z, t), softmax(logits(teacher, x, n), t)];
    loss -= ((1 - a) * Math.log(hard[y[n] ?? 0] ?? 0)) / SIZE;
    z.forEach((_, c) => {
      const [p = 0, q = 0, r = 0] = [hard[c], soft[c], wanted[c]];
      loss += (a * t * t * r * Math.log(r / q)) / SIZE;
      const d = ((1 - a) * (p - (c === y[n] ? 1 : 0)) + a * t * (q - r)) / SIZE;
      for (let f = 0; f < FEATURES; f++) {
        const at = c * FEATURES + f;
        gradient[at] = (gradient[at] ?? 0) + d * (x[n * FEATURES + f] ?? 0);
      }
    });
  }
  return { loss, gradient };
}

describe('distillation', () => {
  it('steps along the gradient of (1 - a) CE + a T² KL, whatever network the teacher is', async () => {
    const start = normals(12);
    const [first, last] = [normals(HIDDEN * FEATURES), normals(CLASSES * HIDDEN)];
    const teacher = Float32Array.from({ length: CLASSES * FEATURES }, (_, at) => {
      const [c, f] = [Math.floor(at / FEATURES), at % FEATURES];
      let sum = 0;
      for (let h = 0; h < HIDDEN; h++) sum += (last[c * HIDDEN + h] ?? 0) * (first[h * FEATURES + f] ?? 0);
      return sum;
    });
    const batch = { x: normals(SIZE * FEATURES), y: Int32Array.from([0, 1, 2, 0, 1, 2]), size: SIZE };
    for (const distill of [
      { weight: 0.7, temperature: 4 },
      { weight: 1, temperature: 1 },
      { weight: 0.2, temperature: 0.5 },
    ]) {
      const spec = trainSpecSchema.parse({ epochs: 1, momentum: 0, weightDecay: 0, distill });
      const weights: WeightSet = new Map([
        ['fc.weight', { shape: [CLASSES, FEATURES], data: start.slice() }],
      ]);
      const model = new TrainingModel(backend, wholeModel({ network: linear, weights }), spec, {
        teacher: {
          network: deeper,
          weights: new Map([
            ['fc.weight', { shape: [HIDDEN, FEATURES], data: first }],
            ['last.weight', { shape: [CLASSES, HIDDEN], data: last }],
          ]),
        },
      });
      const { loss } = await model.train(batch, [FEATURES], 0.1, 1);
      const after = (await model.weights()).get('fc.weight')?.data ?? [];
      const expected = byHand(start, teacher, batch.x, batch.y, distill.weight, distill.temperature);
      expect(loss).toBeCloseTo(expected.loss, 5);
      expected.gradient.forEach((g, i) => expect(after[i]).toBeCloseTo((start[i] ?? 0) - 0.1 * g, 5));
      model.dispose();
    }
  });

  it('has nothing to learn from a teacher that answers alike, up to a constant for each sample', () => {
    const student = tf.tensor2d([1, 2, 3, -1, 0, 4], [2, 3]);
    const teacher = tf.add<tf.Tensor2D>(student, tf.tensor2d([5, -7], [2, 1]));
    const { value, grad } = tf.valueAndGrad((z: tf.Tensor) => distillationLoss(z as tf.Tensor2D, teacher, 3))(
      student,
    );
    expect(value.dataSync()[0]).toBeCloseTo(0, 6);
    grad.dataSync().forEach((g) => expect(g).toBeCloseTo(0, 6));
  });
});

describe('a plan with distillation', () => {
  const recipe = (changes: Partial<RecipeInput>): Recipe =>
    recipeSchema.parse({
      network: 'lenet-300-100',
      data: 'digits',
      dense: { epochs: 2 },
      paradigm: 'magnitude-one-shot',
      budget: { sparsity: 0.9 },
      finetune: { epochs: 1, distill: {} },
      ...changes,
    });

  it('is refused where nothing can be learnt, with the field and the reason', () => {
    expect(() => planOf(recipe({}))).not.toThrow();
    expect(() => planOf(recipe({ paradigm: 'snip' }))).not.toThrow();
    expect(() => planOf(recipe({ paradigm: 'snip', baseline: false }))).toThrow(/no teacher/);
    expect(() => planOf(recipe({ dense: { epochs: 2, distill: {} } }))).toThrow(
      /dense network is the teacher/,
    );
    expect(() => planOf(recipe({ paradigm: 'imp' }))).toThrow(/no fine-tuning/);
    expect(() => planOf(recipe({ finetune: { epochs: 0, distill: {} } }))).toThrow(/no fine-tuning/);
  });
});
