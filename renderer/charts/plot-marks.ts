import type uPlot from 'uplot';
import { resolveColor } from './colors.ts';
import type { ChartMark, ChartPoint, MarkKind } from './series.ts';

/** Colour token and outline of the sign of each kind of event, on a field of 10 x 10 whose foot is at the bottom. */
export const markLooks: Readonly<
  Record<Exclude<MarkKind, 'stage'>, { readonly color: string; readonly path: string; readonly word: string }>
> = {
  step: { color: '--ink-2', path: 'M2 2H8V8H2Z', word: 'stage without training' },
  prune: { color: '--series-3', path: 'M5 9 9 2H1Z', word: 'pruning' },
  grow: { color: '--series-1', path: 'M5 1 9 8H1Z', word: 'growth' },
  'learning-rate': { color: '--series-4', path: 'M5 0 9 5 5 10 1 5Z', word: 'step of the learning rate' },
};

/** Stages as dashed lines with words at the top, all other events as signs at the foot. */
export function drawMarks(plot: uPlot, marks: readonly ChartMark[], host: HTMLElement, ink: string): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const place = (mark: ChartMark) => Math.round(plot.valToPos(mark.x, 'x', true));
  const seen = marks
    .map((mark) => ({ ...mark, at: place(mark) }))
    .filter(({ at }) => at >= bbox.left && at <= bbox.left + bbox.width);
  ctx.save();
  ctx.strokeStyle = ink;
  ctx.fillStyle = ink;
  ctx.lineWidth = ratio;
  ctx.setLineDash([3 * ratio, 3 * ratio]);
  ctx.font = `${12 * ratio}px ${getComputedStyle(host).fontFamily}`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  let freeFrom = -Infinity;
  const gap = 4 * ratio;
  for (const { at: x, label } of seen.filter(({ kind }) => kind === 'stage')) {
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const width = ctx.measureText(label).width;
    const right = x + gap + width <= bbox.left + bbox.width;
    const from = right ? x + gap : x - gap - width;
    if (from < freeFrom) continue;
    ctx.fillText(label, from, bbox.top - 16 * ratio);
    freeFrom = from + width + 2 * gap;
  }
  drawSigns(ctx, seen, bbox.top + bbox.height, host);
  ctx.restore();
}

/** Of signs of one kind that would cover each other the first is drawn. */
function drawSigns(
  ctx: CanvasRenderingContext2D,
  marks: readonly (ChartMark & { readonly at: number })[],
  foot: number,
  host: HTMLElement,
): void {
  const ratio = devicePixelRatio;
  const size = 10 * ratio;
  const taken = new Map<MarkKind, number>();
  for (const { kind, at } of marks) {
    if (kind === 'stage' || at < (taken.get(kind) ?? -Infinity) + size * 0.6) continue;
    taken.set(kind, at);
    const sign = new Path2D();
    const { path, color } = markLooks[kind];
    sign.addPath(new Path2D(path), new DOMMatrix([ratio, 0, 0, ratio, at - size / 2, foot - size]));
    ctx.fillStyle = resolveColor(host, color);
    ctx.fill(sign);
  }
}

/** A ring around the best point. */
export function drawBest(
  plot: uPlot,
  best: (ChartPoint & { readonly color: string }) | null,
  host: HTMLElement,
): void {
  if (best === null) return;
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const x = plot.valToPos(best.x, 'x', true);
  const y = plot.valToPos(best.y, 'y', true);
  if (x < bbox.left || x > bbox.left + bbox.width || y < bbox.top || y > bbox.top + bbox.height) return;
  ctx.save();
  ctx.strokeStyle = resolveColor(host, best.color);
  ctx.lineWidth = 2 * ratio;
  ctx.beginPath();
  ctx.arc(x, y, 5 * ratio, 0, 2 * Math.PI);
  ctx.stroke();
  ctx.restore();
}
