import type { PlotPoint } from '../../../contract/chart.ts';
import { estimate } from '../../../words/estimate.ts';

/** The mean of repeated measurements at one place, with its 95 % interval where there are several. */
export function spreadPoint(x: number, values: readonly number[]): PlotPoint {
  const { mean, half } = estimate(values);
  return { x, y: mean, ...(half === null ? {} : { low: mean - half, high: mean + half }) };
}

/** The same of shares, whose interval ends where shares do: at 0 and 1. */
export function sharePoint(x: number, values: readonly number[]): PlotPoint {
  const { low, high, ...point } = spreadPoint(x, values);
  return low === undefined || high === undefined
    ? point
    : { ...point, low: Math.max(0, low), high: Math.min(1, high) };
}
