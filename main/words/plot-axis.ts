import type { ChartAxis, Plot, PlotPoint, PlotSeries } from '../contract/chart.ts';
import { formatNumber, formatPercent } from './format.ts';
import { niceTicks } from './ticks.ts';

/** Where the values of a plot lie, and what they are called: the same in report.html and in the studio. */

/** One axis of a plot. */
export interface AxisScale {
  readonly ticks: readonly number[];
  /** Where a value lies between the ends of the axis, 0..1; outside for values beyond it. */
  readonly at: (value: number) => number;
}

/** Ticks and places of one axis; on a logarithmic axis powers of ten, or of two where the range is short. */
export function axisScale(axis: ChartAxis, values: readonly number[]): AxisScale {
  const usable = values.filter((value) => Number.isFinite(value) && (axis.scale === 'linear' || value > 0));
  const low = usable.reduce((a, b) => Math.min(a, b), Infinity);
  const high = usable.reduce((a, b) => Math.max(a, b), -Infinity);
  if (usable.length === 0) return { ticks: [0, 1], at: (value) => value };
  if (axis.scale === 'linear') {
    const ticks = niceTicks(low, high, axis.unit === 'percent' && high <= 1 ? 1 : Infinity);
    const [from, to] = [Math.min(low, ticks[0] ?? low), Math.max(high, ticks.at(-1) ?? high)];
    return { ticks, at: (value) => (value - from) / (to - from || 1) };
  }
  const span = Math.log10(high / low);
  const base = span < 2.2 ? 2 : 10;
  const first = Math.floor(Math.log(low) / Math.log(base) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log(high) / Math.log(base) - 1e-9));
  const stride = Math.max(1, Math.ceil((last - first) / 8));
  const ticks = Array.from(
    { length: Math.floor((last - first) / stride) + 1 },
    (_, i) => base ** (first + i * stride),
  );
  const [from, to] = [Math.log(base ** first), Math.log(base ** last)];
  return { ticks, at: (value) => (Math.log(value) - from) / (to - from) };
}

/** A tick in words. */
export const tickText = (axis: ChartAxis, value: number): string =>
  axis.unit === 'percent' ? `${+(value * 100).toPrecision(3)} %` : formatNumber(value);

/** A value in words. */
export const valueText = (axis: ChartAxis, value: number): string =>
  axis.unit === 'percent' ? formatPercent(value, 1) : formatNumber(value);

/** A point with the ends of its interval. */
export type SpreadPoint = PlotPoint & { readonly low: number; readonly high: number };

/** Those of the points that have an interval. */
export const spreadOf = (points: readonly PlotPoint[]): readonly SpreadPoint[] =>
  points.filter((point): point is SpreadPoint => point.low !== undefined && point.high !== undefined);

/** All values that a plot's axes have to hold. */
export function valuesOf({ series, marks }: Pick<Plot, 'series' | 'marks'>): { x: number[]; y: number[] } {
  const points = series.flatMap((one) => one.points);
  return {
    x: [...points.map(({ x }) => x), ...marks.map(({ x }) => x)],
    y: points.flatMap(({ y, low = y, high = y }) => [y, low, high]),
  };
}

/** The points of a series that have a place: a logarithmic axis has none for zero and below. */
export const usablePoints = (
  { points }: Pick<PlotSeries, 'points'>,
  axes: Plot['axes'],
): readonly PlotPoint[] =>
  points.filter(({ x, y }) => (axes.x.scale === 'linear' || x > 0) && (axes.y.scale === 'linear' || y > 0));

/** One sentence on a plot, for those who do not see it. */
export function plotSummary({ title, axes, series }: Plot): string {
  const ends = series.flatMap((one) => {
    const points = usablePoints(one, axes);
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [`${one.name} from ${valueText(axes.y, first.y)} to ${valueText(axes.y, last.y)}`];
  });
  return `${title}. ${axes.y.label} against ${axes.x.label}: ${ends.join('; ')}`;
}
