import type { Estimate } from '../contract/sweep-list.ts';

/** Two-sided 95 % quantiles of Student's t by degrees of freedom, 1 to 30. */
const T95 = [
  12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788, 2.1604,
  2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.093, 2.086, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555,
  2.0518, 2.0484, 2.0452, 2.0423,
];

/**
 * Quantile t(0.975) of Student's distribution; beyond 30 degrees of freedom by the first terms of its expansion around the
 * normal quantile (Abramowitz and Stegun 26.7.5), which is exact to 1e-4 there.
 */
export function student95(freedom: number): number {
  const known = T95[freedom - 1];
  if (known !== undefined) return known;
  const z = 1.959964;
  return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}

/** @throws RangeError for no values: they have no mean. */
export function estimate(values: readonly number[]): Estimate {
  const n = values.length;
  if (n === 0) throw new RangeError('there is no mean of nothing');
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { n, mean, deviation: null, half: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (n - 1));
  return { n, mean, deviation, half: (student95(n - 1) * deviation) / Math.sqrt(n) };
}

/** The mean difference a - b over the keys (seeds) that both have: what seeds have in common cancels. */
export function pairedDifference(
  a: ReadonlyMap<number, number>,
  b: ReadonlyMap<number, number>,
): Estimate | null {
  const differences = [...a].flatMap(([key, value]) => {
    const other = b.get(key);
    return other === undefined ? [] : [value - other];
  });
  return differences.length === 0 ? null : estimate(differences);
}
