import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { trainSpecSchema, type TrainSpec } from '../../../main/contract/recipe.ts';
import type { Backend } from '../../../main/engine/backend/backend.ts';
import { openPlain } from '../../../main/engine/backend/plain.ts';
import type { MaskSet, Network, WeightSet } from '../../../main/engine/network/graph.ts';
import { wholeModel } from '../../../main/engine/network/model.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { TrainingModel } from '../../../main/engine/train/training-model.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';

/** Softmax regression: small enough to work out by hand. */
const linear: Network = {
  name: 'linear',
  inputs: [{ name: 'input', shape: [4] }],
  outputs: ['logits'],
  nodes: [
    {
      name: 'fc',
      op: 'Dense',
      inputs: ['input'],
      outputs: ['logits'],
      params: { weight: 'fc.weight', bias: 'fc.bias' },
      attrs: {},
    },
  ],
  params: {
    'fc.weight': { shape: [3, 4], role: 'weight', init: { kind: 'glorot-normal' } },
    'fc.bias': { shape: [3], role: 'bias', init: { kind: 'zeros' } },
  },
};

let backend: Backend;
beforeAll(async () => {
  backend = await openPlain('cpu', 'cpu', 'plain JavaScript');
});

const random = Random.from(1, 'batches');
const batches = Array.from({ length: 5 }, () => ({
  x: Float32Array.from({ length: 8 * 4 }, () => random.normal()),
  y: Int32Array.from({ length: 8 }, () => random.int(3)),
  size: 8,
}));

/** Loss and gradients of softmax regression, in float64. */
function byHand(w: Float64Array, b: Float64Array, { x, y, size }: (typeof batches)[number]) {
  const gw = new Float64Array(12);
  const gb = new Float64Array(3);
  let loss = 0;
  for (let n = 0; n < size; n++) {
    const z = [0, 1, 2].map((c) => {
      let sum = b[c] as number;
      for (let f = 0; f < 4; f++) sum += (w[c * 4 + f] as number) * (x[n * 4 + f] as number);
      return sum;
    });
    const total = z.reduce((sum, v) => sum + Math.exp(v), 0);
    z.forEach((v, c) => {
      const p = Math.exp(v) / total;
      const d = (p - (c === y[n] ? 1 : 0)) / size;
      if (c === y[n]) loss -= Math.log(p) / size;
      gb[c] = (gb[c] as number) + d;
      for (let f = 0; f < 4; f++) gw[c * 4 + f] = (gw[c * 4 + f] as number) + d * (x[n * 4 + f] as number);
    });
  }
  return { loss, gw, gb };
}

type Rule = (w: number, g: number, slot: number[], lr: number, t: number, decay: number) => number;
const rules: Record<string, { input: object; rule: Rule }> = {
  'sgd with momentum': {
    input: { optimizer: 'sgd', momentum: 0.9, weightDecay: 0.01 },
    rule: (w, g, slot, lr, _t, decay) => {
      slot[0] = 0.9 * (slot[0] ?? 0) + g + decay * w;
      return w - lr * slot[0];
    },
  },
  'sgd with Nesterov momentum': {
    input: { optimizer: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01 },
    rule: (w, g, slot, lr, _t, decay) => {
      slot[0] = 0.9 * (slot[0] ?? 0) + g + decay * w;
      return w - lr * (g + decay * w + 0.9 * slot[0]);
    },
  },
  adam: {
    input: { optimizer: 'adam', weightDecay: 0.01 },
    rule: (w, g0, slot, lr, t, decay) => {
      const g = g0 + decay * w;
      slot[0] = 0.9 * (slot[0] ?? 0) + 0.1 * g;
      slot[1] = 0.999 * (slot[1] ?? 0) + 0.001 * g * g;
      return w - (lr * slot[0]) / (1 - 0.9 ** t) / (Math.sqrt(slot[1] / (1 - 0.999 ** t)) + 1e-8);
    },
  },
  adamw: {
    input: { optimizer: 'adamw', weightDecay: 0.01 },
    rule: (w, g, slot, lr, t, decay) => {
      slot[0] = 0.9 * (slot[0] ?? 0) + 0.1 * g;
      slot[1] = 0.999 * (slot[1] ?? 0) + 0.001 * g * g;
      const step = slot[0] / (1 - 0.9 ** t) / (Math.sqrt(slot[1] / (1 - 0.999 ** t)) + 1e-8);
      return w - lr * (step + decay * w);
    },
  },
};

async function train(
  network: Network,
  spec: TrainSpec,
  weights: WeightSet,
  masks: MaskSet,
  steps = batches.length,
) {
  const model = new TrainingModel(backend, { ...wholeModel({ network, weights }), masks }, spec);
  const losses: number[] = [];
  for (let t = 1; t <= steps; t++) {
    const { loss } = await model.train(batches[(t - 1) % 5] as (typeof batches)[number], [4], 0.1 / t, t);
    losses.push(loss);
  }
  const result = { losses, weights: await model.weights(), slots: await model.slots() };
  model.dispose();
  return result;
}

describe('a training step', () => {
  it.each(Object.entries(rules))(
    '%s follows its formula, decaying weights and not biases',
    async (_name, { input, rule }) => {
      const start = initialize(linear, Random.from(3, 'weights'));
      const w = Float64Array.from(start.get('fc.weight')?.data ?? []);
      const b = Float64Array.from(start.get('fc.bias')?.data ?? []);
      const slots = Array.from({ length: 15 }, (): number[] => []);
      const spec = trainSpecSchema.parse({ epochs: 1, ...input });
      const trained = await train(linear, spec, start, new Map());
      batches.forEach((batch, i) => {
        const { loss, gw, gb } = byHand(w, b, batch);
        expect(trained.losses[i]).toBeCloseTo(loss, 5);
        const lr = 0.1 / (i + 1);
        gw.forEach((g, k) => (w[k] = rule(w[k] as number, g, slots[k] as number[], lr, i + 1, 0.01)));
        gb.forEach((g, k) => (b[k] = rule(b[k] as number, g, slots[12 + k] as number[], lr, i + 1, 0)));
      });
      trained.weights
        .get('fc.weight')
        ?.data.forEach((value, k) => expect(value).toBeCloseTo(w[k] as number, 5));
      trained.weights
        .get('fc.bias')
        ?.data.forEach((value, k) => expect(value).toBeCloseTo(b[k] as number, 5));
    },
  );

  it.each(Object.entries(rules))(
    '%s leaves pruned weights and their slots at exactly zero',
    async (_name, { input }) => {
      const start = initialize(linear, Random.from(4, 'weights'));
      const mask = Uint8Array.from({ length: 12 }, (_, i) => i % 2);
      const model = new TrainingModel(
        backend,
        {
          ...wholeModel({ network: linear, weights: start }),
          masks: new Map([['fc.weight', new Uint8Array(12).fill(1)]]),
        },
        trainSpecSchema.parse({ epochs: 1, ...input }),
      );
      // Two dense steps first, so that momentum has something to carry on with.
      for (let t = 1; t <= 5; t++) {
        if (t === 3) await model.setMasks(new Map([['fc.weight', mask]]));
        await model.train(batches[t - 1] as (typeof batches)[number], [4], 0.1, t);
      }
      const arrays = [
        (await model.weights()).get('fc.weight')?.data,
        ...[...(await model.slots())].flatMap(([key, v]) => (key.endsWith('fc.weight') ? [v] : [])),
      ];
      model.dispose();
      for (const data of arrays) {
        data?.forEach((value, i) => (mask[i] === 0 ? expect(value).toBe(0) : expect(value).not.toBe(0)));
      }
    },
  );

  it('lets connections grow from zero, without momentum', async () => {
    const start = initialize(linear, Random.from(4, 'weights'));
    const first = Uint8Array.from({ length: 12 }, (_, i) => (i < 6 ? 1 : 0));
    const weights = new Map([...start].map(([name, { shape, data }]) => [name, { shape, data: name === 'fc.weight' ? data.map((w, i) => (first[i] === 1 ? w : 0)) : data }])); // prettier-ignore
    const masked = { ...wholeModel({ network: linear, weights }), masks: new Map([['fc.weight', first]]) };
    const model = new TrainingModel(backend, masked, trainSpecSchema.parse({ epochs: 1 }));
    for (let t = 1; t <= 2; t++) await model.train(batches[t] as (typeof batches)[number], [4], 0.1, t);
    const before = (await model.weights()).get('fc.weight')?.data.slice() ?? new Float32Array();
    const grown = first.map((bit, i) => (i === 9 || i === 10 ? 1 : bit));
    await model.setMasks(new Map([['fc.weight', grown]]));
    // The function is the same: only zeros have joined.
    expect((await model.weights()).get('fc.weight')?.data).toEqual(before);
    const velocity = (await model.slots()).get('velocity/fc.weight');
    expect([velocity?.[9], velocity?.[10]]).toEqual([0, 0]);
    await model.train(batches[3] as (typeof batches)[number], [4], 0.1, 3);
    const after = (await model.weights()).get('fc.weight')?.data ?? [];
    for (const i of [9, 10]) expect(after[i]).not.toBe(0);
    for (const i of [6, 7, 8, 11]) expect(after[i]).toBe(0);
    // Or from what they are given.
    const given = Float32Array.from({ length: 12 }, (_, i) => (i === 7 ? 0.25 : 0));
    const more = grown.map((bit, i) => (i === 7 ? 1 : bit));
    const found = await model.setMasks(new Map([['fc.weight', more]]), new Map([['fc.weight', given]]));
    expect(found.get('fc.weight')?.data).toEqual(Float32Array.from(after, (w, i) => (i === 7 ? 0.25 : w)));
    model.dispose();
  });

  it('takes a penalty lambda w on top of the weight decay, as one of both together', async () => {
    const train = async (weightDecay: number, lambda: number) => {
      const spec = trainSpecSchema.parse({ epochs: 1, weightDecay });
      const model = new TrainingModel(
        backend,
        wholeModel({ network: linear, weights: initialize(linear, Random.from(4, 'weights')) }),
        spec,
        {
          hooks: {
            penalty: (name, weight) => (name === 'fc.weight' ? tf.mul(weight, lambda) : undefined),
          },
        },
      );
      for (let t = 1; t <= 4; t++) await model.train(batches[t] as (typeof batches)[number], [4], 0.1, t);
      const { data } = (await model.weights()).get('fc.weight') ?? { data: new Float32Array() };
      model.dispose();
      return data;
    };
    const [both, together] = [await train(0.01, 0.2), await train(0.21, 0)];
    both.forEach((w, i) => expect(w).toBeCloseTo(together[i] ?? NaN, 5));
  });

  it.each([true, undefined])(
    'lets scores decay as the recipe says where their dynamics ask for it: %s',
    async (trainedDecay) => {
      const spec = trainSpecSchema.parse({ epochs: 1, weightDecay: 0.01, momentum: 0 });
      const data = Float32Array.of(1, -2, 3);
      const model = new TrainingModel(
        backend,
        wholeModel({ network: linear, weights: initialize(linear, Random.from(4, 'weights')) }),
        spec,
        {
          extras: { score: { shape: [3], data } },
          hooks: {
            trained: ['score'],
            ...(trainedDecay && { trainedDecay }),
            // The loss does not depend on the scores.
            effective: (params, { score }) => ({
              ...params,
              'fc.weight': tf.add(params['fc.weight'] as tf.Tensor, tf.mul(tf.sum(score as tf.Tensor), 0)),
            }),
          },
        },
      );
      await model.train(batches[0] as (typeof batches)[number], [4], 0.1, 1);
      const found = (await model.extras())['score']?.data ?? [];
      model.dispose();
      data.forEach((s, i) => expect(found[i]).toBeCloseTo(s * (trainedDecay ? 1 - 0.1 * 0.01 : 1), 6));
    },
  );

  it('leaves no tensors behind', async () => {
    const network = zoo.get('resnet-20').build({ input: [3, 8, 8], classes: 4 });
    const weights = initialize(network, Random.from(1, 'weights'));
    const before = tf.memory().numTensors;
    const model = new TrainingModel(
      backend,
      wholeModel({ network, weights }),
      trainSpecSchema.parse({ epochs: 1 }),
    );
    const batch = { x: new Float32Array(2 * 192).fill(0.5), y: Int32Array.of(0, 3), size: 2 };
    await model.train(batch, [3, 8, 8], 0.1, 1);
    const during = tf.memory().numTensors;
    for (let t = 2; t < 5; t++) await model.train(batch, [3, 8, 8], 0.1, t);
    expect(tf.memory().numTensors).toBe(during);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses to go on when the loss is no longer a number', async () => {
    const start = initialize(linear, Random.from(5, 'weights'));
    const spec = trainSpecSchema.parse({ epochs: 1 });
    const model = new TrainingModel(backend, wholeModel({ network: linear, weights: start }), spec);
    const batch = { x: new Float32Array(4).fill(NaN), y: Int32Array.of(0), size: 1 };
    await expect(model.train(batch, [4], 0.1, 1)).rejects.toThrow(/diverged/);
    model.dispose();
  });
});
