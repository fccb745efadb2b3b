import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { MagnitudeRatios } from '../../../../main/engine/compress/dynamics/greg-ratio.ts';
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

describe('the end of the growth', () => {
  it('comes when what goes is a thousandth of what stays, and holds after a resume', async () => {
    const network = oneLayer(2);
    const weights = new Map([['fc.weight', { shape: [1, 2], data: Float32Array.of(1, 0.5) }]]);
    const start = { network, spec: specOf('greg-1', 0.5), weights, saved: undefined as unknown };
    const random = (label: string) => Random.from(1, label);
    const dynamics = dynamicsKinds.get('greg-1').create({ ...start, random });
    const live = new FakeTraining(weights, new Map(), dynamics);
    const total = 110_000;
    const penalty = () => live.extras['lambda/going']?.data[0] ?? NaN;
    for (let done = 0; done < 110; done++) await dynamics.beforeStep(done, total, live);
    expect(live.logged).toEqual([]);
    expect(penalty()).toBeCloseTo(1.1e-3, 9);
    // The running mean of the ratios was 2; the first look at 10,000 brings it to 0.9 * 2 + 0.1 * 10,000.
    live.current.set('fc.weight', { shape: [1, 2], data: Float32Array.of(1, 1e-4) });
    await dynamics.beforeStep(110, total, live);
    expect(live.logged).toHaveLength(1);
    expect(penalty()).toBeCloseTo(1.1e-3, 9);
    const stopped = penalty();
    await dynamics.beforeStep(90_000, total, live);
    expect(penalty()).toBe(stopped);
    const resumed = dynamicsKinds.get('greg-1').create({ ...start, saved: dynamics.save(), random });
    await resumed.beforeStep(90_001, total, live);
    expect(penalty()).toBe(stopped);
  });

  it('waits for the slowest layer', () => {
    const ratios = new MagnitudeRatios();
    const layer = (small: number) => ({ shape: [2], data: Float32Array.of(1, small) });
    const masks = new Map([['a', Uint8Array.of(1, 0)], ['b', Uint8Array.of(1, 0)]]); // prettier-ignore
    expect(ratios.add(new Map([['a', layer(1e-6)], ['b', layer(0.1)]]), masks)).toBe(false); // prettier-ignore
    expect(ratios.save()['b']).toBeCloseTo(10, 4);
    expect(ratios.add(new Map([['a', layer(1e-6)], ['b', layer(1e-5)]]), masks)).toBe(true); // prettier-ignore
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
    expect([second.every, second.pickAt, second.stabiliseAt]).toEqual([10, 10_000, 109_000]);
    expect(second.penalty(9_999)).toBeCloseTo(0.01, 9);
    // It goes on from where it picked, by the larger rise.
    expect(second.penalty(10_000)).toBeCloseTo(0.0101, 12);
    expect(second.penalty(10_010)).toBeCloseTo(0.0102, 12);
    expect(second.penalty(109_000)).toBe(1);
  });

  it.each([1, 2, 7, 40, 390, 5000, 60_000])('reaches both ceilings within %d steps', (total) => {
    for (const pickFirst of [true, false]) {
      const { pickAt, penalty, stabiliseAt } = gregSchedule(total, pickFirst);
      let before = 0;
      for (let done = 0; done < total; done++) {
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
