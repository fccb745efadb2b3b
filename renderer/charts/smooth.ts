import type { ChartPoint } from './series.ts';

/**
 * An exponential moving average without the bias of its start: s_k = f s_(k-1) + (1 - f) y_k, divided by 1 - f^k, as Adam does with
 * its moments. A constant curve stays as it is.
 * @param factor 0 (no smoothing) to below 1
 */
export function smooth(points: readonly ChartPoint[], factor: number): readonly ChartPoint[] {
  if (factor <= 0) return points;
  let sum = 0;
  let weight = 0;
  return points.map(({ x, y }) => {
    sum = factor * sum + (1 - factor) * y;
    weight = factor * weight + (1 - factor);
    return { x, y: sum / weight };
  });
}
