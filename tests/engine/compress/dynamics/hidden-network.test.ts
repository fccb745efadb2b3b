import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '../../../../main/engine/gradients/index.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { dynamicsKinds } from '../../../../main/engine/compress/dynamics/index.ts';
import { correctedShift } from '../../../../main/engine/compress/dynamics/supermask.ts';
import type { TensorData } from '../../../../main/engine/network/graph.ts';
import { Random } from '../../../../main/engine/base/random.ts';
import { FakeTraining, oneLayer, specOf } from './live.ts';

beforeAll(async () => void (await tf.setBackend('cpu')));

const SIZE = 200;
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

function begin(id: string, target: number, options: object = {}) {
  const random = (label: string) => Random.from(1, label);
  const draw = random('weights');
  const data = Float32Array.from({ length: SIZE }, () => draw.normal() / 10);
  const weights = new Map([['fc.weight', { shape: [1, SIZE], data }]]);
  const start = {
    network: oneLayer(SIZE),
    spec: specOf(id, target, options),
    weights,
    saved: undefined,
    random,
  };
  const dynamics = dynamicsKinds.get(id).create(start);
  return { dynamics, live: new FakeTraining(weights, new Map(), dynamics), first: data.slice() };
}

/** The weight as the forward pass sees it, and the gradient of sum(c x weight) by the scores. */
function pass({ dynamics, live }: ReturnType<typeof begin>, c: Float32Array) {
  return tf.tidy(() => {
    const tensors = Object.fromEntries(
      Object.entries(live.extras).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]),
    );
    const param = tf.tensor((live.current.get('fc.weight') as TensorData).data, [1, SIZE]);
    let seen = new Float32Array();
    const by = tf.grad((score: tf.Tensor) => {
      const effective = dynamics.hooks?.effective?.(
        { 'fc.weight': param },
        { ...tensors, 'score/fc.weight': score },
      );
      const weight = effective?.['fc.weight'] as tf.Tensor;
      seen = weight.dataSync<'float32'>().slice();
      return tf.sum(tf.mul(weight, tf.tensor(c, [1, SIZE])));
    });
    const gradient = by(tensors['score/fc.weight'] as tf.Tensor)
      .dataSync<'float32'>()
      .slice();
    return { seen, gradient };
  });
}

const c = Float32Array.from({ length: SIZE }, (_, i) => Math.sin(i));

describe.each(['signed-constant', 'initial'])('edge-popup with %s weights', (weights) => {
  it('keeps exactly the best-scored weights and gives every score the gradient of its weight', async () => {
    const run = begin('edge-popup', 0.9, { weights });
    await run.dynamics.beforeStep(0, 10, run.live);
    const { seen, gradient } = pass(run, c);
    expect(seen.filter((w) => w !== 0)).toHaveLength(20);
    const scores = run.live.extras['score/fc.weight']?.data ?? [];
    const smallestKept = Math.min(...scores.filter((_, i) => seen[i] !== 0));
    const largestPruned = Math.max(...scores.filter((_, i) => seen[i] === 0));
    expect(smallestKept).toBeGreaterThanOrEqual(largestPruned);
    // What a weight would be were it kept: of the constant, sqrt(2 / (fan in x density)) with the initial sign.
    const rms = Math.sqrt(run.first.reduce((sum, w) => sum + w * w, 0) / SIZE);
    const magnitude = Math.sqrt(2 / (SIZE * 0.1));
    run.first.forEach((w, i) => {
      const value = magnitude * (weights === 'initial' ? w / rms : Math.sign(w));
      // As if the weight were not scaled by the density.
      expect(gradient[i]).toBeCloseTo((c[i] as number) * value * Math.sqrt(0.1), 5);
      if (seen[i] !== 0) expect(seen[i]).toBeCloseTo(value, 5);
    });
  });

  it('leaves the weights alone and deploys what the forward pass sees', async () => {
    const run = begin('edge-popup', 0.9, { weights });
    await run.dynamics.beforeStep(0, 10, run.live);
    const deployed = await run.dynamics.deployed?.(run.live);
    const { seen } = pass(run, c);
    expect([...(deployed?.weights.get('fc.weight')?.data ?? [])].map((w) => w + 0)).toEqual(
      [...seen].map((w) => expect.closeTo(w, 6) as number),
    );
    expect(run.live.current.get('fc.weight')?.data).toEqual(run.first);
    expect(run.dynamics.hooks?.trained).toEqual(['score/fc.weight']);
  });
});

describe('supermasks', () => {
  it('start as fair draws of the budget, with the gradient of the sigmoid', async () => {
    const run = begin('supermask', 0.75);
    const kept = new Float64Array(SIZE);
    for (let step = 0; step < 200; step++) {
      await run.dynamics.beforeStep(step, 1000, run.live);
      pass(run, c).seen.forEach((w, i) => (kept[i] = (kept[i] as number) + (w !== 0 ? 1 : 0)));
    }
    const share = kept.reduce((a, b) => a + b) / (200 * SIZE);
    expect(Math.abs(share - 0.25)).toBeLessThan(0.01);
    // d sigmoid(100 s - shift) / ds = 100 p (1 - p) at p = 1/4.
    const magnitude = Math.sqrt(2 / (SIZE * 0.25));
    const { gradient } = pass(run, c);
    run.first.forEach((w, i) => {
      const expected = (c[i] as number) * magnitude * Math.sign(w) * 100 * 0.25 * 0.75;
      expect(gradient[i]).toBeCloseTo(expected, 3);
    });
  });

  it('become deterministic where the scores are far from zero, and keep the budget when deployed', async () => {
    const run = begin('supermask', 0.9);
    const scores = Float32Array.from({ length: SIZE }, (_, i) => (i % 10 === 3 ? 2 : -2));
    run.live.writeExtras({ 'score/fc.weight': { shape: [1, SIZE], data: scores } });
    for (let step = 0; step < 5; step++) {
      await run.dynamics.beforeStep(step, 1000, run.live);
      pass(run, c).seen.forEach((w, i) => expect(w !== 0).toBe(i % 10 === 3));
    }
    const deployed = await run.dynamics.deployed?.(run.live);
    deployed?.masks.get('fc.weight')?.forEach((bit, i) => expect(bit).toBe(i % 10 === 3 ? 1 : 0));
  });

  it('shift their logits until the expected share is the density', () => {
    const random = Random.from(1, 'scores');
    const scores = Float32Array.from({ length: 1000 }, () => random.normal() / 100);
    let shift = 0;
    for (let i = 0; i < 30; i++) shift = correctedShift(scores, 100, shift, 0.02);
    const mean = scores.reduce((sum, s) => sum + sigmoid(100 * s - shift), 0) / 1000;
    expect(mean).toBeCloseTo(0.02, 6);
    expect(correctedShift(scores, 100, 3, 1)).toBe(3);
  });
});
