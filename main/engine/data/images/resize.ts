import type { Plane } from './image.ts';

/** The weighted runs of source samples that make the samples of the result along one axis. */
interface Taps {
  readonly from: number;
  readonly to: number;
  /** First source sample of each run. */
  readonly start: Int32Array;
  /** Samples in each run. */
  readonly count: Int32Array;
  /** Row i holds the weights of run i, which sum to one. */
  readonly weights: Float64Array;
  readonly stride: number;
}

/**
 * Triangle (bilinear) filter from `from` to `to` samples. When shrinking, the triangle is as wide as the ratio, so every
 * source sample counts and nothing aliases.
 */
function triangleTaps(from: number, to: number): Taps {
  const ratio = from / to;
  const support = Math.max(1, ratio);
  const stride = Math.ceil(2 * support) + 2;
  const start = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Float64Array(to * stride);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * ratio;
    const first = Math.max(0, Math.floor(centre - support));
    const last = Math.min(from - 1, Math.ceil(centre + support) - 1);
    const run = weights.subarray(i * stride, i * stride + last - first + 1);
    let total = 0;
    for (let k = 0; k < run.length; k++) {
      const weight = Math.max(0, 1 - Math.abs(first + k + 0.5 - centre) / support);
      run[k] = weight;
      total += weight;
    }
    for (let k = 0; k < run.length; k++) run[k] = (run[k] ?? 0) / total;
    start[i] = first;
    count[i] = run.length;
  }
  return { from, to, start, count, weights, stride };
}

/**
 * Scales one axis of a row-major grid: `lines` lines whose samples lie `step` apart and which themselves lie `lineStep`
 * apart; the result has the same orientation with `resultStep` and `resultLineStep`.
 */
function scaleAxis(
  source: Plane,
  taps: Taps,
  lines: number,
  [step, lineStep]: readonly [number, number],
  [resultStep, resultLineStep]: readonly [number, number],
): Float32Array {
  const result = new Float32Array(lines * taps.to);
  const { start, count, weights, stride } = taps;
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < taps.to; i++) {
      const from = line * lineStep + (start[i] ?? 0) * step;
      const run = count[i] ?? 0;
      let sum = 0;
      for (let k = 0; k < run; k++) sum += (weights[i * stride + k] ?? 0) * (source[from + k * step] ?? 0);
      result[line * resultLineStep + i * resultStep] = sum;
    }
  }
  return result;
}

/** A plane scaled to another size, each axis on its own (the picture may be stretched); whole numbers stay whole. */
export function resizePlane<P extends Plane>(
  plane: P,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
): P {
  if (width === toWidth && height === toHeight) return plane;
  const narrow = scaleAxis(plane, triangleTaps(width, toWidth), height, [1, width], [1, toWidth]);
  const down = triangleTaps(height, toHeight);
  const scaled = scaleAxis(narrow, down, toWidth, [toWidth, 1], [toWidth, 1]);
  // The array's own kind: the type cannot say so.
  if (plane instanceof Float32Array) return scaled as Plane as P;
  const result = plane instanceof Uint8Array ? new Uint8Array(scaled.length) : new Uint16Array(scaled.length);
  for (let i = 0; i < result.length; i++) result[i] = Math.round(scaled[i] ?? 0);
  return result as Plane as P;
}
