import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { gregSchedule } from '../../../../main/engine/compress/dynamics/greg-schedule.ts';
import { dynamicsKinds } from '../../../../main/engine/compress/dynamics/index.ts';
import type { TensorData } from '../../../../main/engine/network/graph.ts';
import { Random } from '../../../../main/engine/base/random.ts';
import { FakeTraining, oneLayer, specOf } from './live.ts';

beforeAll(async () => void (await tf.setBackend('cpu')));

/**
 * Gradient descent on sum of h_i / 2 (w_i - w*_i)^2 with the growing penalty of the dynamics.
 * @returns the training, the dynamics and the weights after every step.
 */
async function descend(id: string, target: number, h: number[], optimum: number[], steps: number, lr = 0.05) {
  const weights = new Map([['fc.weight', { shape: [1, h.length], data: Float32Array.from(optimum) }]]);
  const kind = dynamicsKinds.get(id);
  const spec = specOf(id, target);
  const random = (label: string) => Random.from(1, label);
  const dynamics = kind.create({ network: oneLayer(h.length), spec, weights, saved: undefined, random });
  const live = new FakeTraining(weights, new Map(), dynamics);
  const { data } = weights.get('fc.weight') as TensorData;
  const path: number[][] = [];
  for (let done = 0; done < steps; done++) {
    await dynamics.beforeStep(done, steps, live);
    tf.tidy(() => {
      const extras = Object.fromEntries(
        Object.entries(live.extras).map(([name, { shape, data: values }]) => [
          name,
          tf.tensor(values, [...shape]),
        ]),
      );
      const weight = tf.tensor(data, [1, h.length]);
      const penalty = dynamics.hooks?.penalty?.('fc.weight', weight, extras)?.dataSync() ?? [];
      h.forEach((hi, i) => {
        const w = data[i] as number;
        data[i] = w - lr * (hi * (w - (optimum[i] as number)) + (penalty[i] ?? 0));
      });
    });
    path.push([...data]);
  }
  return { live, dynamics, path };
}

describe('the growing penalty', () => {
  it('leaves a picked weight at h / (h + lambda) of its optimum', async () => {
    const h = [0.1, 1, 10];
    // Everything is picked but one weight that is far larger; the last eleventh of the steps is spent at lambda = 1.
    const { path } = await descend('greg-1', 0.75, [...h, 1], [1, 1, 1, 100], 2000);
    const last = path.at(-1) as number[];
    h.forEach((hi, i) => expect(last[i]).toBeCloseTo(hi / (hi + 1), 3));
    expect(last[3]).toBeCloseTo(100, 3);
  });

  it('lets GReg-2 pick the flat coordinate of two equally large ones', async () => {
    const { dynamics, live, path } = await descend('greg-2', 0.5, [0.1, 10], [1, 1], 2000);
    const { masks, weights } = (await dynamics.deployed?.(live)) ?? {};
    expect([...(masks?.get('fc.weight') ?? [])]).toEqual([0, 1]);
    expect(weights?.get('fc.weight')?.data[0]).toBe(0);
    // Before the pick the fixed point of lambda = 0.01 separates them by curvature: 0.909 and 0.999.
    const { pickAt } = gregSchedule(2000, false);
    const [flat = 0, steep = 0] = path[pickAt - 1] ?? [];
    expect(flat).toBeLessThan(0.98);
    expect(steep).toBeGreaterThan(0.998);
  });

  it('lets GReg-1 pick by the magnitudes at the start, whatever the curvature', async () => {
    const { dynamics, live } = await descend('greg-1', 0.5, [0.1, 10], [1, 0.9], 500);
    const masks = (await dynamics.deployed?.(live))?.masks;
    expect([...(masks?.get('fc.weight') ?? [])]).toEqual([1, 0]);
  });

  it('pushes what GReg-2 keeps away from zero, a little', async () => {
    const { live } = await descend('greg-2', 0.5, [1, 1], [1, 2], 200);
    expect(live.extras['lambda/staying']?.data[0]).toBeCloseTo(-1e-4, 9);
    expect(live.extras['lambda/going']?.data[0]).toBe(1);
  });
});

describe('the schedule of the penalty', () => {
  it("has the paper's numbers where there are steps enough", () => {
    const first = gregSchedule(110_000, true);
    expect([first.every, first.pickAt, first.stabiliseAt]).toEqual([10, 0, 100_000]);
    expect(first.penalty(0)).toBeCloseTo(1e-4, 12);
    expect(first.penalty(10)).toBeCloseTo(2e-4, 12);
    expect(first.penalty(99_999)).toBeCloseTo(1, 9);
    expect(first.penalty(109_999)).toBe(1);
    const second = gregSchedule(121_000, false);
    expect([second.every, second.pickAt, second.stabiliseAt]).toEqual([10, 10_000, 110_000]);
    expect(second.penalty(9_999)).toBeCloseTo(0.01, 9);
    expect(second.penalty(10_000)).toBeCloseTo(1e-4, 12);
  });

  it.each([1, 2, 7, 40, 390, 5000, 60_000])('reaches both ceilings within %d steps', (total) => {
    for (const pickFirst of [true, false]) {
      const { pickAt, penalty, stabiliseAt } = gregSchedule(total, pickFirst);
      let before = 0;
      for (let done = pickAt; done < total; done++) {
        expect(penalty(done)).toBeGreaterThanOrEqual(before);
        before = penalty(done);
      }
      if (total > 2) {
        expect(penalty(total - 1)).toBeCloseTo(1, 9);
        expect(stabiliseAt).toBeLessThanOrEqual(total);
      }
      if (pickAt > 0 && total > 2) expect(penalty(pickAt - 1)).toBeCloseTo(0.01, 9);
    }
  });
});
