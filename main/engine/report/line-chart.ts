import { niceTicks } from '../../words/ticks.ts';
import type { MetricName, MetricPoint, StageInfo } from '../../contract/run.ts';
import type { Markup } from './markup.ts';
import { html } from './markup.ts';
import { formatNumber, formatPercent } from '../../words/format.ts';

/** Style classes, no two of which look the same: 'main' is drawn solid, 'side' thin and dashed. */
export const CURVE_STYLES = ['main', 'side', 'third', 'fourth', 'fifth', 'sixth'] as const;

interface Curve {
  readonly metric: MetricName;
  readonly label: string;
  readonly style: (typeof CURVE_STYLES)[number];
}

export interface LineChart {
  readonly title: string;
  readonly curves: readonly Curve[];
  /** 'percent': values are fractions and the axis ends at 100 % or below. */
  readonly unit: 'percent' | 'number';
  /** What x counts, epochs if left out; each chart has the points of its own axis only. */
  readonly x?: 'epoch' | 'round';
}

const WIDTH = 440;
const HEIGHT = 220;
const PLOT = { left: 46, right: WIDTH - 12, top: 22, bottom: HEIGHT - 26 };
/** More points than this are thinned to their extremes: no screen shows more. */
const MAX_POINTS = 400;

/** Width of a letter of a stage's name, about. */
const LETTER = 5.6;

type Stages = readonly Pick<StageInfo, 'label'>[];

/**
 * A metric's history as an SVG figure, over epochs with the run's stages as bands; empty when there is nothing to draw.
 */
export function lineChart(chart: LineChart, measured: readonly MetricPoint[], stages: Stages): Markup {
  const rounds = chart.x === 'round';
  const history = measured.filter(({ round }) => (round !== undefined) === rounds);
  const place = (point: MetricPoint) => point.round ?? point.epoch;
  const curves = chart.curves
    .map((curve) => ({ ...curve, points: thin(history.filter((point) => point.name === curve.metric)) }))
    .filter((curve) => curve.points.length > 0);
  if (curves.length === 0) return html``;
  const values = curves.flatMap((curve) => curve.points.map((point) => point.value));
  const ticks = niceTicks(Math.min(...values), Math.max(...values), chart.unit === 'percent' ? 1 : Infinity);
  const low = ticks[0] ?? 0;
  const high = ticks.at(-1) ?? 1;
  const end = Math.max(1, ...(rounds ? curves.flatMap(({ points }) => points) : history).map(place));
  const x = (at: number) => PLOT.left + (at / end) * (PLOT.right - PLOT.left);
  const y = (value: number) => PLOT.bottom - ((value - low) / (high - low)) * (PLOT.bottom - PLOT.top);
  const show = (value: number) => (chart.unit === 'percent' ? formatPercent(value, 1) : formatNumber(value));
  const tick = (value: number) =>
    chart.unit === 'percent' ? `${+(value * 100).toFixed(6)} %` : `${+value.toFixed(9)}`;
  const summary = curves
    .map(
      ({ label, points }) =>
        `${label} from ${show(points[0]?.value ?? 0)} to ${show(points.at(-1)?.value ?? 0)}`,
    )
    .join('; ');
  return html`<figure class="chart">
    <figcaption>
      ${chart.title}
      <span class="key"
        >${curves.map(
          ({ label, style }) =>
            html`<span
              ><svg width="18" height="8" aria-hidden="true"><path class="curve ${style}" d="M0 4H18" /></svg
              >${label}</span
            >`,
        )}</span
      >
    </figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${chart.title}: ${summary}">
      ${rounds ? [] : stageBands(history, stages, x)}
      ${ticks.map(
        (value) =>
          html`<path class="grid" d="M${PLOT.left} ${round(y(value))}H${PLOT.right}" /><text
              class="tick"
              x="${PLOT.left - 7}"
              y="${round(y(value) + 4)}"
              text-anchor="end"
              >${tick(value)}</text
            >`,
      )}
      ${wholeTicks(end).map(
        (at) =>
          html`<text class="tick" x="${round(x(at))}" y="${PLOT.bottom + 18}" text-anchor="middle"
            >${at}</text
          >`,
      )}
      ${curves.map(
        ({ points, style, label }) =>
          html`<path
            class="curve ${style}"
            d="${path(points.map((point) => [x(place(point)), y(point.value)]))}"
            ><title>${label}</title></path
          >`,
      )}
      ${curves.map(({ points, style }) => endMark(points.at(-1), style, (point) => x(place(point)), y))}
    </svg>
  </figure>`;
}

/** Alternating bands, each with its stage's name (or its first word, or nothing, by the room there is) above it. */
function stageBands(history: readonly MetricPoint[], stages: Stages, x: (epoch: number) => number): Markup[] {
  const ends = new Map<number, number>();
  for (const { stage, epoch } of history) ends.set(stage, Math.max(ends.get(stage) ?? 0, epoch));
  let from = 0;
  return [...ends.keys()]
    .sort((a, b) => a - b)
    .map((stage, i) => {
      const to = ends.get(stage) ?? from;
      const [left, right] = [x(from), x(to)];
      from = to;
      const label = stages[stage]?.label ?? '';
      const words = [label, label.split(' ')[0] ?? ''];
      const shown = words.find((text) => text.length * LETTER < right - left) ?? '';
      return html`<g
        ><title>${label}</title
        ><rect
          class="band ${i % 2 === 0 ? 'even' : 'odd'}"
          x="${round(left)}"
          y="${PLOT.top}"
          width="${round(Math.max(right - left, 0))}"
          height="${PLOT.bottom - PLOT.top}"
        />${
          shown === ''
            ? html``
            : html`<text class="stage" x="${round(left + 1)}" y="${PLOT.top - 7}">${shown}</text>`
        }</g
      >`;
    });
}

function endMark(
  point: MetricPoint | undefined,
  style: string,
  x: (point: MetricPoint) => number,
  y: (value: number) => number,
): Markup {
  if (point === undefined) return html``;
  return html`<circle class="end ${style}" cx="${round(x(point))}" cy="${round(y(point.value))}" r="2.6" />`;
}

function path(points: readonly (readonly [number, number])[]): string {
  return points.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${round(px)} ${round(py)}`).join('');
}

/** Keeps the lowest and the highest point of each of equally many buckets, in their order, and both ends. */
function thin(points: readonly MetricPoint[]): MetricPoint[] {
  if (points.length <= MAX_POINTS) return [...points];
  const kept = new Set<MetricPoint>([...points.slice(0, 1), ...points.slice(-1)]);
  const bucket = Math.ceil(points.length / (MAX_POINTS / 2 - 1));
  for (let from = 0; from < points.length; from += bucket) {
    const part = points.slice(from, from + bucket);
    kept.add(part.reduce((a, b) => (b.value < a.value ? b : a)));
    kept.add(part.reduce((a, b) => (b.value > a.value ? b : a)));
  }
  return points.filter((point) => kept.has(point));
}

/** Whole numbers, at most nine of them, with 0 first. */
function wholeTicks(end: number): number[] {
  const step =
    [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].find((size) => end / size <= 8) ?? Math.ceil(end / 8);
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
