import { describe, expect, it } from 'vitest';
import { estimate, pairedDifference, student95 } from '../../main/words/estimate.ts';

/** P(|T| <= t) by Simpson's rule over Student's density, the constant from the recursion of the gamma function. */
function within(t: number, freedom: number): number {
  let constant = freedom % 2 === 0 ? 1 / (2 * Math.sqrt(2)) : 1 / Math.PI;
  for (let n = freedom % 2 === 0 ? 2 : 1; n < freedom; n += 2)
    constant *= ((n + 1) / n) * Math.sqrt(n / (n + 2));
  const density = (x: number) => constant * (1 + (x * x) / freedom) ** (-(freedom + 1) / 2);
  const steps = 20_000;
  const h = (2 * t) / steps;
  let sum = density(-t) + density(t);
  for (let i = 1; i < steps; i++) sum += density(-t + i * h) * (i % 2 === 0 ? 2 : 4);
  return (sum * h) / 3;
}

describe('student95', () => {
  it('encloses 95 % of the distribution, by integrating its density', () => {
    for (const freedom of [1, 2, 3, 4, 9, 30, 31, 50, 200]) {
      expect(within(student95(freedom), freedom), `${freedom}`).toBeCloseTo(0.95, 4);
    }
  });
});

describe('estimate', () => {
  it('is mean, deviation and interval as worked out by hand', () => {
    // 1, 2, 6: mean 3, squares 4 + 1 + 9 = 14, variance 7; t(2) = 4.3027.
    const { n, mean, deviation, half } = estimate([1, 2, 6]);
    expect([n, mean]).toEqual([3, 3]);
    expect(deviation).toBeCloseTo(Math.sqrt(7), 12);
    expect(half).toBeCloseTo((4.3027 * Math.sqrt(7)) / Math.sqrt(3), 4);
  });

  it('knows no interval for one value and nothing for none', () => {
    expect(estimate([5])).toEqual({ n: 1, mean: 5, deviation: null, half: null });
    expect(() => estimate([])).toThrow(RangeError);
  });

  it('pairs by seed, so that what seeds have in common cancels', () => {
    const a = new Map([
      [1, 0.9],
      [2, 0.5],
      [3, 0.7],
    ]);
    const b = new Map([
      [1, 0.8],
      [2, 0.4],
      [4, 0.1],
    ]);
    const difference = pairedDifference(a, b);
    expect(difference?.n).toBe(2);
    expect(difference?.mean).toBeCloseTo(0.1, 12);
    expect(difference?.half).toBeCloseTo(0, 12);
    expect(pairedDifference(a, new Map())).toBeNull();
  });
});
