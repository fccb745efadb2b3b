import type { PlotPoint } from '../../../contract/chart.ts';
import { estimate } from '../../../words/estimate.ts';

/** The mean of repeated measurements at one place, with its 95 % interval where there are several. */
export function spreadPoint(x: number, values: readonly number[]): PlotPoint {
  const { mean, half } = estimate(values);
  return { x, y: mean, ...(half === null ? {} : { low: mean - half, high: mean + half }) };
}
