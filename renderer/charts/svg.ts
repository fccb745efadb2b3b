import { bestOf } from './series.ts';
import type { ChartMark, ChartSeries } from './series.ts';
import { niceScale } from './scale.ts';

export interface SvgChart {
  readonly title: string;
  readonly series: readonly ChartSeries[];
  readonly marks: readonly ChartMark[];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xRange: readonly [number, number];
  readonly xTick: (value: number) => string;
  readonly tick: (value: number) => string;
  readonly better: 'higher' | 'lower';
  readonly log: boolean;
  /** What a colour token is in the theme that the picture is made for. */
  readonly color: (token: string) => string;
}

const [width, height] = [900, 420];
const frame = { left: 74, right: 24, top: 64, bottom: 52 };
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A chart as a picture of its own (SVG 1.1), for papers and slides: axes with names, curves, stages, a key, the best point ringed. */
export function chartSvg(chart: SvgChart): string {
  const { series, xRange, log, color } = chart;
  const shown = series.map((one) => ({
    ...one,
    points: one.points.filter(({ x, y }) => x >= xRange[0] && x <= xRange[1] && (!log || y > 0)),
  }));
  const level = (y: number) => (log ? Math.log10(y) : y);
  const xs = niceScale([...xRange], 8);
  const ys = niceScale(extent(shown.flatMap(({ points }) => points.map(({ y }) => level(y)))), 5);
  const [from, to] = xRange;
  const px = (x: number) => frame.left + ((x - from) / (to - from || 1)) * (width - frame.left - frame.right);
  const py = (y: number) =>
    height - frame.bottom - ((level(y) - ys.low) / (ys.high - ys.low)) * (height - frame.top - frame.bottom);
  const ofLevel = (tick: number) => (log ? 10 ** tick : tick);
  const line = (x1: number, y1: number, x2: number, y2: number, stroke: string, dash = '') =>
    `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" stroke="${stroke}"${dash}/>`;
  const text = (x: number, y: number, words: string, more = '') =>
    `<text x="${at(x)}" y="${at(y)}"${more}>${escaped(words)}</text>`;
  const [ink, grid] = [color('--ink'), color('--grid')];
  const right = width - frame.right;
  const foot = height - frame.bottom;
  const parts = [
    ...ys.ticks.flatMap((tick) => [
      line(frame.left, py(ofLevel(tick)), right, py(ofLevel(tick)), grid),
      text(frame.left - 8, py(ofLevel(tick)) + 4, chart.tick(ofLevel(tick)), ' text-anchor="end"'),
    ]),
    ...xs.ticks
      .filter((tick) => tick >= from && tick <= to)
      .map((tick) => text(px(tick), foot + 18, chart.xTick(tick), ' text-anchor="middle"')),
    line(frame.left, foot, right, foot, ink),
    text((frame.left + right) / 2, height - 10, chart.xLabel, ' text-anchor="middle"'),
    text(
      0,
      0,
      chart.yLabel,
      ` text-anchor="middle" transform="translate(16 ${(frame.top + foot) / 2}) rotate(-90)"`,
    ),
    text(frame.left, 22, chart.title, ' font-size="16" font-weight="600"'),
    ...chart.marks
      .filter(({ kind, x }) => kind === 'stage' && x >= from && x <= to)
      .flatMap(({ x, label }) => [
        line(px(x), frame.top, px(x), foot, ink, ' stroke-dasharray="3 3" stroke-opacity="0.6"'),
        text(px(x) + 4, frame.top + 10, label, ' font-size="11"'),
      ]),
    ...shown.flatMap((one, row) => {
      const stroke = color(one.color);
      const dash = one.dash === undefined ? '' : ` stroke-dasharray="${one.dash.join(' ')}"`;
      const path = one.points.map(({ x, y }) => `${at(px(x))} ${at(py(y))}`).join('L');
      const best = one.faint === true ? undefined : bestOf(one.points, chart.better);
      const keyX = frame.left + row * 190;
      return [
        ...(path === ''
          ? []
          : [
              `<path d="M${path}" fill="none" stroke="${stroke}" stroke-width="${one.width}"${dash} stroke-opacity="${one.faint ? 0.6 : 1}"/>`,
            ]),
        ...(best === undefined
          ? []
          : [
              `<circle cx="${at(px(best.x))}" cy="${at(py(best.y))}" r="5" fill="none" stroke="${stroke}" stroke-width="2"/>`,
            ]),
        line(keyX, 40, keyX + 22, 40, stroke, ` stroke-width="${one.width}"${dash}`),
        text(keyX + 28, 44, best === undefined ? one.label : `${one.label}, best ${chart.tick(best.y)}`),
      ];
    }),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12" fill="${ink}">`,
    `<rect width="${width}" height="${height}" fill="${color('--surface')}"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

const at = (value: number) => Number(value.toFixed(2));

/** The ends of many values: spreading them as arguments would be too much for the stack. */
function extent(values: readonly number[]): number[] {
  if (values.length === 0) return [];
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}
