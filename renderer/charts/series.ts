/** One curve of a line chart. */
export interface ChartSeries {
  readonly id: string;
  readonly label: string;
  /** A colour token: '--series-1'. */
  readonly color: string;
  readonly width: number;
  /** Lengths of dash and gap in CSS pixels; solid if left out. */
  readonly dash?: readonly [number, number];
  /** Drawn behind and pale: what is only context. */
  readonly faint?: boolean;
  /** Measured on few samples at a time: a chart may smooth it. */
  readonly noisy?: boolean;
  readonly points: readonly ChartPoint[];
}

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

/** Something that happened: a stage is a vertical line with its words, all else a sign at the foot of the chart. */
export interface ChartMark {
  readonly x: number;
  readonly label: string;
  readonly kind: MarkKind;
}

export type MarkKind = 'stage' | 'step' | 'prune' | 'grow' | 'learning-rate';

/** All curves over one x axis, as uPlot wants them: the union of x values, and null where a curve has no point. */
export function align(series: readonly ChartSeries[]): (number | null)[][] {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const rows = series.map(({ points }) => {
    const at = new Map(points.map(({ x, y }) => [x, y]));
    return xs.map((x) => at.get(x) ?? null);
  });
  return [xs, ...rows];
}

/** The best point of a curve, the first of equal ones; undefined of an empty one. */
export function bestOf(points: readonly ChartPoint[], better: 'higher' | 'lower'): ChartPoint | undefined {
  return points.reduce<ChartPoint | undefined>(
    (a, b) => (a === undefined || (better === 'higher' ? b.y > a.y : b.y < a.y) ? b : a),
    undefined,
  );
}

/**
 * One sentence on a curve for those who do not see it.
 * @param better which way is good: the best point is named
 */
export function summarise(
  series: ChartSeries,
  better: 'higher' | 'lower',
  format: (value: number) => string,
  xName: string,
): string {
  const first = series.points[0];
  const last = series.points.at(-1);
  const best = bestOf(series.points, better);
  if (first === undefined || last === undefined || best === undefined)
    return `${series.label}: nothing measured yet.`;
  if (series.points.length === 1) return `${series.label}: ${format(first.y)}.`;
  const way = last.y > first.y ? 'rose' : last.y < first.y ? 'fell' : 'stayed';
  const path =
    way === 'stayed' ? `stayed at ${format(last.y)}` : `${way} from ${format(first.y)} to ${format(last.y)}`;
  return `${series.label} ${path} by ${xName} ${Number(last.x.toFixed(1))}; best ${format(best.y)} at ${Number(best.x.toFixed(1))}.`;
}
