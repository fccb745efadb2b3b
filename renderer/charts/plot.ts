import uPlot from 'uplot';
import { resolveColor } from './colors.ts';
import { align } from './series.ts';
import type { ChartMark, ChartSeries } from './series.ts';

export interface PlotOptions {
  readonly series: readonly ChartSeries[];
  readonly marks: readonly ChartMark[];
  readonly log: boolean;
  readonly height: number;
  /** Words of the ticks on the y axis. */
  readonly tick: (value: number) => string;
  /** The right end of the x axis, which begins at 0; asked again whenever there is new data. */
  readonly xEnd: () => number;
  /** The ends of the y axis; around the data if left out. */
  readonly yRange?: readonly [number, number];
  /** Called with the index of the x under the cursor, or null. */
  readonly onCursor: (index: number | null) => void;
}

const fadedAlpha = 0.6;

/** Dashed lines with words at the top, drawn over the grid. */
function drawMarks(plot: uPlot, marks: readonly ChartMark[], ink: string, font: string): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = ink;
  ctx.fillStyle = ink;
  ctx.lineWidth = ratio;
  ctx.setLineDash([3 * ratio, 3 * ratio]);
  ctx.font = font;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  let freeFrom = -Infinity;
  const gap = 4 * ratio;
  for (const mark of marks) {
    const x = Math.round(plot.valToPos(mark.x, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const width = ctx.measureText(mark.label).width;
    const right = x + gap + width <= bbox.left + bbox.width;
    const from = right ? x + gap : x - gap - width;
    if (from < freeFrom) continue;
    ctx.fillText(mark.label, from, bbox.top - 16 * ratio);
    freeFrom = from + width + 2 * gap;
  }
  ctx.restore();
}

/** A uPlot chart in the colours of the present theme. Its data is set by `plotData`. */
export function makePlot(host: HTMLElement, options: PlotOptions): uPlot {
  const ink = resolveColor(host, '--ink-2');
  const grid = { stroke: resolveColor(host, '--grid'), width: 1 };
  const { fontFamily } = getComputedStyle(host);
  const font = `12px ${fontFamily}`;
  const axis = { stroke: ink, font, grid, ticks: { ...grid, size: 4 } };
  return new uPlot(
    {
      width: Math.max(200, host.clientWidth),
      height: options.height,
      padding: [18, 8, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: {
        x: { time: false, range: () => [0, options.xEnd()] },
        y: options.log ? { distr: 3 } : { range: (_plot, low, high) => yRange(options, low, high) },
      },
      axes: [
        { ...axis, size: 32 },
        {
          ...axis,
          size: 56,
          values: (_plot, values) => values.map((v) => (v === null ? '' : options.tick(v))),
        },
      ],
      series: [
        {},
        ...options.series.map((series) => ({
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
            drawMarks(plot, options.marks, ink, `${12 * devicePixelRatio}px ${fontFamily}`);
          },
        ],
        setCursor: [
          (plot) => {
            options.onCursor(plot.cursor.idx ?? null);
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
