import { describe, expect, it } from 'vitest';
import { regrowAtRandom, regrowByGradient } from '../../../../main/engine/compress/dynamics/regrow.ts';
import { riglFraction, riglInterval } from '../../../../main/engine/compress/dynamics/rigl.ts';
import { dynamicsKinds } from '../../../../main/engine/compress/dynamics/index.ts';
import { countKept } from '../../../../main/engine/compress/masks.ts';
import type { TensorData } from '../../../../main/engine/network/graph.ts';
import { Random } from '../../../../main/engine/base/random.ts';
import { FakeTraining, oneLayer, specOf } from './live.ts';

const weight = Float32Array.of(0.9, -0.1, 0.5, 0, 0, 0, -0.2, 0);
const mask = Uint8Array.of(1, 1, 1, 0, 0, 0, 1, 0);
const random = Random.from(1, 'layers');

/** A random layer: masked weights are zero, as they are on the device. */
function layer(size: number, density: number) {
  const kept = Uint8Array.from({ length: size }, () => (random.float() < density ? 1 : 0));
  return {
    mask: kept,
    weight: Float32Array.from(kept, (bit) => bit * random.normal()),
    gradient: Float32Array.from(kept, () => random.normal()),
  };
}

describe("RigL's update of a layer", () => {
  it('drops the smallest active weights and grows where the dense gradient is largest', () => {
    const gradient = Float32Array.of(9, 0.1, 9, 0.3, -0.8, 0.2, 0.1, 0.7);
    // -0.1 and -0.2 leave; 0.8 and 0.7 are the largest gradients of what is then empty.
    expect([...regrowByGradient(weight, gradient, mask, 2)]).toEqual([1, 0, 1, 0, 1, 0, 0, 1]);
  });

  it('lets what just left come back when its gradient is among the largest', () => {
    const gradient = Float32Array.of(0, 5, 0, 0.3, -0.8, 0.2, 0.1, 0.7);
    expect([...regrowByGradient(weight, gradient, mask, 2)]).toEqual([1, 1, 1, 0, 1, 0, 0, 0]);
  });

  it('changes nothing when all gradients are zero', () => {
    expect([...regrowByGradient(weight, new Float32Array(8), mask, 2)]).toEqual([...mask]);
  });

  it('keeps the number of weights, and every kept weight is at least as large as every one that left', () => {
    for (const density of [0.02, 0.3, 0.9, 1]) {
      const { weight: w, gradient, mask: before } = layer(500, density);
      const count = Math.floor(0.3 * countKept(before));
      const after = regrowByGradient(w, gradient, before, count);
      expect(countKept(after)).toBe(countKept(before));
      const grown = [...after.keys()].filter((i) => after[i] === 1 && before[i] === 0);
      const empty = [...after.keys()].filter((i) => after[i] === 0 && before[i] === 0);
      const strongest = Math.max(0, ...empty.map((i) => Math.abs(gradient[i] as number)));
      for (const i of grown) expect(Math.abs(gradient[i] as number)).toBeGreaterThanOrEqual(strongest);
      const stayed = [...after.keys()].filter((i) => after[i] === 1 && before[i] === 1);
      expect(stayed.length).toBeGreaterThanOrEqual(countKept(before) - count);
    }
  });

  it('replaces the fractions that algorithm and table give', () => {
    const f = (t: number) => riglFraction(t, 75_000, 0.3);
    expect([0, 18_750, 37_500, 56_250, 75_000].map(f)).toEqual(
      [0.3, 0.256066, 0.15, 0.043934, 0].map((value) => expect.closeTo(value, 6) as number),
    );
    expect(Math.floor(f(0) * 3622)).toBe(1086);
    for (let t = 100; t <= 75_000; t += 100) expect(f(t)).toBeLessThan(f(t - 100));
  });

  it('updates every 100 steps, and more often only in short trainings', () => {
    expect(riglInterval(97_656)).toBe(100);
    expect(riglInterval(4000)).toBe(100);
    expect(riglInterval(790)).toBe(19);
    expect(riglInterval(3)).toBe(1);
  });
});

describe("SET's update of a layer", () => {
  it('drops the share of the positive and of the negative weights that lie nearest to zero', () => {
    const w = Float32Array.of(0.1, 0.2, 0.3, 0.4, -4, -3, -2, -1, 0, 0, 0, 0);
    const before = Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0);
    const after = regrowAtRandom(w, before, 0.5, Random.from(1, 'set'));
    // Although every negative weight is larger than every positive one, two of each leave; all four empty places fill.
    expect([...after]).toEqual([0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1]);
  });

  it('keeps the number of weights and never puts one where another just left', () => {
    for (const density of [0.02, 0.3, 0.9, 1]) {
      const { weight: w, mask: before } = layer(500, density);
      const after = regrowAtRandom(w, before, 0.3, random);
      expect(countKept(after)).toBe(countKept(before));
      const replaced = [...after.keys()].filter((i) => before[i] === 1 && after[i] === 0).length;
      const positive = w.filter((value, i) => before[i] === 1 && value >= 0).length;
      const wanted = Math.round(0.3 * positive) + Math.round(0.3 * (countKept(before) - positive));
      expect(replaced).toBe(Math.min(wanted, 500 - countKept(before)));
    }
  });

  it('grows at every empty place equally often', () => {
    const before = Uint8Array.from({ length: 20 }, (_, i) => (i < 10 ? 1 : 0));
    const w = Float32Array.from(before, (bit, i) => bit * (i + 1));
    const counts = new Array<number>(20).fill(0);
    for (let draw = 0; draw < 2000; draw++) {
      regrowAtRandom(w, before, 0.3, random).forEach((bit, i) => (counts[i] = (counts[i] ?? 0) + bit));
    }
    // Three of ten places each time: 600 expected, standard deviation 20.
    for (const count of counts.slice(10)) expect(Math.abs(count - 600)).toBeLessThan(100);
  });
});

describe('SET in training', () => {
  const SIZE = 4000;
  const NAME = 'fc.weight';

  /** Values before and after an update, and both masks. */
  async function updated(options: object) {
    const { mask: before, weight: values } = layer(SIZE, 0.5);
    const first = values.slice();
    const weights = new Map([[NAME, { shape: [1, SIZE], data: values }]]);
    const random = (label: string) => Random.from(1, label);
    const spec = specOf('set', 0.5, options);
    const start = { network: oneLayer(SIZE), spec, weights, saved: undefined, random };
    const dynamics = dynamicsKinds.get('set').create(start);
    const live = new FakeTraining(weights, new Map([[NAME, before]]), dynamics);
    await dynamics.beforeStep(live.stepsPerEpoch, 100, live);
    const after = live.masks.get(NAME) as Uint8Array;
    const { data } = live.current.get(NAME) as TensorData;
    const grown = data.filter((_, i) => after[i] === 1 && before[i] === 0);
    data.forEach((w, i) => {
      if (after[i] === 0) expect(w).toBe(0);
      else if (before[i] === 1) expect(w).toBe(first[i]);
    });
    return grown;
  }

  it('adds weights of zero', async () => {
    const grown = await updated({});
    expect(grown.length).toBeGreaterThan(500);
    expect(grown.every((w) => w === 0)).toBe(true);
  });

  it('adds small random ones of the deviation that the recipe says', async () => {
    const grown = await updated({ deviation: 0.1 });
    const mean = grown.reduce((sum, w) => sum + w, 0) / grown.length;
    const deviation = Math.sqrt(grown.reduce((sum, w) => sum + w * w, 0) / grown.length);
    // Some 600 draws: standard deviations .0041 of the mean and .0029 of the deviation.
    expect(Math.abs(mean)).toBeLessThan(0.017);
    expect(Math.abs(deviation - 0.1)).toBeLessThan(0.012);
  });
});
