import type { MetricPoint } from '../../../main/contract/run.ts';
import type { PointMap } from '../../stores/points.ts';

/** What curves may be drawn over. */
export type XKind = 'epoch' | 'step' | 'time';

export interface XAxis {
  readonly kind: XKind;
  /** 'epoch' */
  readonly name: string;
  readonly format: (x: number) => string;
  /** Where a measurement lies; null where the axis does not know it. */
  readonly of: (point: MetricPoint) => number | null;
  /** Where a moment of the run lies, in epochs. */
  readonly at: (epoch: number) => number | null;
}

/** Seconds as a clock: '45 s', '12:05' or '1:02:05'. */
export function formatClockTime(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

const plain = (x: number) => x.toLocaleString('en-US', { maximumFractionDigits: 2 });

/** The axis over which a run's measurements are drawn. Time is known where the run has told its seconds ('seconds'). */
export function xAxis(kind: XKind, points: PointMap): XAxis {
  switch (kind) {
    case 'epoch':
      return { kind, name: 'epoch', format: plain, of: ({ epoch }) => epoch, at: (epoch) => epoch };
    case 'step': {
      const knots = [...(points.get('train/loss') ?? []), ...(points.get('sparsity') ?? [])];
      knots.sort((a, b) => a.epoch - b.epoch);
      const at = between(
        knots.map(({ epoch }) => epoch),
        knots.map(({ step }) => step),
      );
      return { kind, name: 'optimiser step', format: plain, of: ({ step }) => step, at };
    }
    case 'time': {
      const knots = points.get('seconds') ?? [];
      const seconds = knots.map(({ value }) => value);
      const atStep = between(
        knots.map(({ step }) => step),
        seconds,
      );
      const at = between(
        knots.map(({ epoch }) => epoch),
        seconds,
      );
      return { kind, name: 'time of work', format: formatClockTime, of: ({ step }) => atStep(step), at };
    }
  }
}

/** A function on a line from knot to knot (`xs` ascending); at the start it begins at 0, behind the last knot it is not known. */
function between(xs: readonly number[], ys: readonly number[]): (x: number) => number | null {
  return (x) => {
    const last = xs.at(-1);
    if (last === undefined || x > last) return null;
    let low = 0;
    let high = xs.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((xs[middle] as number) < x) low = middle + 1;
      else high = middle;
    }
    const [x0, y0] = low === 0 ? [0, 0] : [xs[low - 1] as number, ys[low - 1] as number];
    const [x1, y1] = [xs[low] as number, ys[low] as number];
    return x1 <= x0 ? y1 : y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
  };
}
