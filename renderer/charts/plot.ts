import 'uplot/dist/uPlot.min.css';
import uPlot from 'uplot';
import { resolveColor } from './colors.ts';
import { drawBest, drawMarks } from './plot-marks.ts';
import { align } from './series.ts';
import type { ChartMark, ChartPoint, ChartSeries } from './series.ts';

export interface PlotOptions {
  readonly series: readonly ChartSeries[];
  readonly marks: () => readonly ChartMark[];
  /** The point that is ringed; null for none. */
  readonly best: () => (ChartPoint & { readonly color: string }) | null;
  readonly log: boolean;
  readonly height: number;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Words of the ticks. */
  readonly xTick: (value: number) => string;
  readonly tick: (value: number) => string;
  /** The range of the x axis; asked again whenever there is new data. */
  readonly xRange: () => readonly [number, number];
  /** The ends of the y axis; around the data if left out. */
  readonly yRange?: readonly [number, number];
  /** Charts of one key have one cursor. */
  readonly sync?: string;
  /** Called with the index of the x under the cursor, or null. */
  readonly onCursor: (index: number | null) => void;
  /** Called with the range of x that was dragged over. */
  readonly onZoom: (range: readonly [number, number]) => void;
}

const fadedAlpha = 0.6;

/** A uPlot chart in the colours of the present theme. Its data is set by `plotData`. */
export function makePlot(host: HTMLElement, options: PlotOptions): uPlot {
  const ink = resolveColor(host, '--ink-2');
  const grid = { stroke: resolveColor(host, '--grid'), width: 1 };
  const { fontFamily } = getComputedStyle(host);
  const font = `12px ${fontFamily}`;
  const axis = { stroke: ink, font, grid, ticks: { ...grid, size: 4 }, labelFont: font, labelSize: 18 };
  const words = (say: (value: number) => string) => (_plot: uPlot, values: (number | null)[]) =>
    values.map((v) => (v === null ? '' : say(v)));
  return new uPlot(
    {
      width: Math.max(200, host.clientWidth),
      height: options.height,
      padding: [18, 8, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false },
        points: { size: 7 },
        ...(options.sync === undefined ? {} : { sync: { key: options.sync, scales: ['x', null] } }),
      },
      scales: {
        x: { time: false, range: () => [...options.xRange()] },
        y: options.log ? { distr: 3 } : { range: (_plot, low, high) => yRange(options, low, high) },
      },
      axes: [
        { ...axis, size: 30, label: options.xLabel, values: words(options.xTick) },
        { ...axis, size: 54, label: options.yLabel, values: words(options.tick) },
      ],
      series: [
        {},
        ...options.series.map((series) => ({
          label: series.label,
          stroke: resolveColor(host, series.color),
          width: series.width,
          alpha: series.faint === true ? fadedAlpha : 1,
          ...(series.dash === undefined ? {} : { dash: [...series.dash] }),
          spanGaps: true,
          points: { show: series.points.length === 1, size: 6 },
        })),
      ],
      hooks: {
        draw: [
          (plot) => {
            drawMarks(plot, options.marks(), host, ink);
            drawBest(plot, options.best(), host);
          },
        ],
        setCursor: [
          (plot) => {
            options.onCursor(plot.cursor.idx ?? null);
          },
        ],
        setSelect: [
          (plot) => {
            const { left, width } = plot.select;
            if (width < 4) return;
            options.onZoom([plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')]);
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
      },
    },
    plotData(options.series, options.log),
    host,
  );
}

/** On a logarithmic axis there is no place for zero and below: such points are left out. */
export function plotData(series: readonly ChartSeries[], log: boolean): uPlot.AlignedData {
  const shown = log ? series.map((one) => ({ ...one, points: one.points.filter(({ y }) => y > 0) })) : series;
  return align(shown) as unknown as uPlot.AlignedData;
}

function yRange({ yRange }: PlotOptions, low: number | null, high: number | null): [number, number] {
  if (yRange !== undefined) return [...yRange];
  if (low === null || high === null) return [0, 1];
  const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 0.5;
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}
