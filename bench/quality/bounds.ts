import type { Estimate } from '../../main/contract/sweep-list.ts';

/** What a 95 % interval says of a claim; of one value, which has no interval, nothing can be said. */
export type Finding = 'met' | 'missed' | 'not told apart' | 'one seed';

/** Sums of accuracies are not exact: a bound that is touched up to this counts as touched. */
const ROUNDING = 1e-12;

/** Whether a mean is at least `bound`: met where the whole interval is, missed where nothing of it is. */
export function reaches({ mean, half }: Estimate, bound: number): Finding {
  if (half === null) return 'one seed';
  if (mean - half >= bound - ROUNDING) return 'met';
  return mean + half < bound - ROUNDING ? 'missed' : 'not told apart';
}

/** Whether a mean is above `bound`: met where the interval clears it, missed where the interval ends at it or below. */
export function exceeds({ mean, half }: Estimate, bound: number): Finding {
  if (half === null) return 'one seed';
  if (mean - half > bound + ROUNDING) return 'met';
  return mean + half <= bound + ROUNDING ? 'missed' : 'not told apart';
}
