import { describe, expect, it } from 'vitest';
import { breakEven } from '../../../main/engine/speed/gains.ts';
import { ratioOf, spreadOf } from '../../../main/engine/speed/spread.ts';

describe('from what sparsity on something gains', () => {
  const points = (...faster: number[]) => faster.map((each, i) => ({ sparsity: 0.5 + i / 10, faster: each }));

  it('is where the logarithm of the speed-up crosses zero', () => {
    expect(breakEven(points(0.5, 2))).toBeCloseTo(0.55, 12);
    expect(breakEven(points(0.25, 2))).toBeCloseTo(0.5 + (0.1 * 2) / 3, 12);
    // The last crossing counts: what is gained before it and lost again is chance.
    expect(breakEven(points(2, 0.5, 2))).toBeCloseTo(0.65, 12);
  });

  it('is the least that was measured where all gain, and nowhere where the most does not', () => {
    expect(breakEven(points(1.1, 2))).toBe(0.5);
    expect(breakEven(points(0.5, 0.9))).toBeNull();
    expect(breakEven(points(2, 1))).toBeNull();
    expect(breakEven([])).toBeNull();
  });
});

describe('a ratio of times', () => {
  it('of calls that always take the same has no spread', () => {
    const [slow, fast] = [Array<number>(100).fill(4), Array<number>(100).fill(2)];
    expect(ratioOf(slow, fast)).toEqual({ median: 2, low: 2, high: 2 });
  });

  it('does not move with moments that slow both, nor with single slow calls', () => {
    const slowed = Array.from({ length: 100 }, (_, i) => (i < 40 ? 3 : 1));
    const before = slowed.map((factor, i) => 4 * factor * (i % 25 === 0 ? 10 : 1));
    const after = slowed.map((factor) => 2 * factor);
    const { low, high } = ratioOf(before, after);
    expect(low).toBe(2);
    expect(high).toBe(2);
  });

  it('tells of every tenth of the calls, and holds its own median', () => {
    const after = Array<number>(100).fill(1);
    const before = Array.from({ length: 100 }, (_, i) => 1 + Math.floor(i / 10));
    const { low, median, high } = ratioOf(before, after);
    expect(low).toBeCloseTo(1.9, 12);
    expect(high).toBeCloseTo(9.1, 12);
    expect(median).toBeCloseTo(5.5, 12);
    const few = ratioOf([1, 2, 3], [1, 1, 1]);
    expect(few.low).toBeLessThanOrEqual(few.median);
    expect(few.high).toBeGreaterThanOrEqual(few.median);
  });

  it('has its median between a tenth and nine tenths', () => {
    expect(spreadOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])).toEqual({ median: 6, low: 2, high: 10 });
  });
});
