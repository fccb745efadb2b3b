import { describe, expect, it } from 'vitest';
import { regrowAtRandom, regrowByGradient } from '../../../../main/engine/compress/dynamics/regrow.ts';
import { riglFraction, riglInterval } from '../../../../main/engine/compress/dynamics/rigl.ts';
import { countKept } from '../../../../main/engine/compress/masks.ts';
import { Random } from '../../../../main/engine/base/random.ts';

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
