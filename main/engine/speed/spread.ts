import type { Spread } from '../../contract/speed.ts';
import { quantile } from '../evaluate/latency.ts';

/** Blocks that calls in turn are cut into, each of which tells a ratio of its own. */
const BLOCKS = 10;

/** Median, tenth and ninetieth hundredth of some values. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), low: quantile(values, 0.1), high: quantile(values, 0.9) };
}

/**
 * How many times as long one call takes as another that it was made in turns with: of the medians of all calls, with the spread of
 * ten blocks of rounds one behind the other, since single calls of a busy machine tell little.
 * @param before milliseconds by round
 * @param after as many of the other call
 */
export function ratioOf(before: readonly number[], after: readonly number[]): Spread {
  const size = Math.max(1, Math.floor(before.length / BLOCKS));
  const starts = Array.from({ length: Math.floor(before.length / size) }, (_, block) => block * size);
  const ratios = starts.map((start) => {
    const [a, b] = [before, after].map((times) => quantile(times.slice(start, start + size), 0.5));
    return (a ?? NaN) / (b ?? NaN);
  });
  const median = quantile(before, 0.5) / quantile(after, 0.5);
  const { low, high } = spreadOf(ratios);
  return { median, low: Math.min(low, median), high: Math.max(high, median) };
}
