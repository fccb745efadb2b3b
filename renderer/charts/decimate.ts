import type { ChartPoint } from './series.ts';

/**
 * At most about `most` points that look the same when drawn: of every stretch of neighbours the lowest and the highest, and the two
 * ends. No peak is lost.
 * @param points in the order of x
 * @param window the range of x that is seen; what lies outside is left out but for one neighbour on each side
 */
export function decimate(
  points: readonly ChartPoint[],
  most: number,
  window: readonly [number, number] | null = null,
): readonly ChartPoint[] {
  const seen = window === null ? points : within(points, window);
  if (seen.length <= most) return seen;
  const stretches = Math.max(1, Math.floor(most / 2) - 1);
  const first = seen[0] as ChartPoint;
  const last = seen.at(-1) as ChartPoint;
  const kept: ChartPoint[] = [first];
  const length = (seen.length - 2) / stretches;
  for (let stretch = 0; stretch < stretches; stretch++) {
    let low = 1 + Math.floor(stretch * length);
    let high = low;
    const end = 1 + Math.floor((stretch + 1) * length);
    for (let at = low + 1; at < end; at++) {
      const { y } = seen[at] as ChartPoint;
      if (y < (seen[low] as ChartPoint).y) low = at;
      if (y > (seen[high] as ChartPoint).y) high = at;
    }
    kept.push(seen[Math.min(low, high)] as ChartPoint);
    if (low !== high) kept.push(seen[Math.max(low, high)] as ChartPoint);
  }
  kept.push(last);
  return kept;
}

function within(points: readonly ChartPoint[], [from, to]: readonly [number, number]): readonly ChartPoint[] {
  const first = firstAt(points, from);
  const behind = firstAt(points, to);
  return points.slice(Math.max(0, first - 1), behind + 1);
}

/** Index of the first point at or behind `x`. */
function firstAt(points: readonly ChartPoint[], x: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle] as ChartPoint).x < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
