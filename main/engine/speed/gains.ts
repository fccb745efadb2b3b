import type { Gain } from '../../contract/speed.ts';

/**
 * From what sparsity on a target gains: where the line through the logarithms of how many times as fast it was measured to be crosses
 * one for the last time. Null where the highest sparsity gains nothing; the lowest one where all of them gain.
 * @param points ascending by sparsity
 */
export function breakEven(points: Gain['points']): number | null {
  const last = points.at(-1);
  if (last === undefined || last.faster <= 1) return null;
  const under = points.findLastIndex(({ faster }) => faster <= 1);
  if (under === -1) return points[0]?.sparsity ?? null;
  const [a, b] = [points[under], points[under + 1]];
  if (a === undefined || b === undefined) return null;
  const share = -Math.log(a.faster) / (Math.log(b.faster) - Math.log(a.faster));
  return a.sparsity + share * (b.sparsity - a.sparsity);
}
