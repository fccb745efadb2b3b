import { describe, expect, it } from 'vitest';
import { planSplits } from '../../../main/engine/data/split.ts';

const labels = (counts: number[]) => Int32Array.from(counts.flatMap((n, c) => new Array<number>(n).fill(c)));
const options = { validation: 0.1, test: 0.2, seed: 1, source: 'somewhere' };

const countIn = (indices: Int32Array, of: Int32Array, classes: number) => {
  const counts = new Array<number>(classes).fill(0);
  for (const index of indices) counts[of[index] ?? 0] = (counts[of[index] ?? 0] ?? 0) + 1;
  return counts;
};

describe('planSplits', () => {
  it('puts every sample into exactly one split when the source has one part', () => {
    const train = labels([500, 300, 200]);
    const plan = planSplits({ train }, options);
    const all = [plan.train, plan.validation, plan.test].flatMap(({ indices }) => [...indices]);
    expect(all).toHaveLength(1000);
    expect(new Set(all).size).toBe(1000);
    expect(plan.test.indices).toHaveLength(200);
    expect(plan.validation.indices).toHaveLength(80);
  });

  it('keeps the proportions of the classes', () => {
    const train = labels([500, 300, 200]);
    const plan = planSplits({ train }, options);
    expect(countIn(plan.test.indices, train, 3)).toEqual([100, 60, 40]);
    expect(countIn(plan.train.indices, train, 3)).toEqual([360, 216, 144]);
  });

  it("leaves the source's own parts as they are", () => {
    const parts = { train: labels([50, 50]), validation: labels([5, 5]), test: labels([10, 10]) };
    const plan = planSplits(parts, options);
    expect(
      [plan.train, plan.validation, plan.test].map(({ part, indices }) => [part, indices.length]),
    ).toEqual([
      ['train', 100],
      ['validation', 10],
      ['test', 20],
    ]);
  });

  it('never takes the last sample of a class from training', () => {
    const train = labels([1, 1, 1, 97]);
    for (let seed = 0; seed < 20; seed++) {
      const plan = planSplits({ train }, { ...options, test: 0.5, validation: 0.5, seed });
      expect(countIn(plan.train.indices, train, 4).every((count) => count >= 1)).toBe(true);
    }
  });

  it('depends on the seed and on nothing else', () => {
    const train = labels([100, 100]);
    const once = planSplits({ train }, options);
    expect(planSplits({ train }, options)).toEqual(once);
    expect(planSplits({ train }, { ...options, seed: 2 }).test.indices).not.toEqual(once.test.indices);
  });

  it('limits each split to exactly so many, still in proportion and within the unlimited split', () => {
    const train = labels([500, 300, 200]);
    const whole = planSplits({ train }, options);
    const plan = planSplits({ train }, { ...options, limit: 50 });
    for (const name of ['train', 'validation', 'test'] as const) {
      expect(plan[name].indices).toHaveLength(50);
      const members = new Set(whole[name].indices);
      expect([...plan[name].indices].every((index) => members.has(index))).toBe(true);
    }
    expect(countIn(plan.train.indices, train, 3)).toEqual([25, 15, 10]);
  });

  it('refuses a source too small for a test part', () => {
    expect(() => planSplits({ train: labels([1, 1]) }, options)).toThrow(/test part/);
  });
});
