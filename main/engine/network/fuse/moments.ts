import { addProducts, tiled } from './products.ts';

/** Means and covariances of observations (x, y), divided by their number. */
export interface Moments {
  readonly count: number;
  /** [inputs] */
  readonly xMean: Float64Array;
  /** [outputs] */
  readonly yMean: Float64Array;
  /** C0, the covariance of x: [stride, stride], row-major, right on and below the diagonal. */
  readonly xx: Float64Array;
  /** The covariance of y and x: [outputs, stride], row-major. */
  readonly yx: Float64Array;
  /** Of a row of `xx` and `yx`: the inputs, and zeros beyond them. */
  readonly stride: number;
  /** The variances of all outputs together: tr cov(y). */
  readonly variance: number;
}

/** Observations that are added up at once. */
const BLOCK = 256;

/**
 * Sums over observations of x and y, as many as there are in the memory of their covariances alone. What is added up are
 * deviations from the means of the first block, so that little is lost where the mean is large beside the deviations; the rest of
 * the way to the true mean is taken off at the end.
 */
export class MomentSums {
  private readonly inputs: number;
  private readonly outputs: number;
  private readonly stride: number;
  private readonly xx: Float64Array;
  private readonly yx: Float64Array;
  private readonly xSum: Float64Array;
  private readonly ySum: Float64Array;
  private readonly ySquares: Float64Array;
  /** Observations that wait to be added up, each variable in a row: [stride or tiled outputs, BLOCK]. */
  private readonly xs: Float64Array;
  private readonly ys: Float64Array;
  private waiting = 0;
  private xShift: Float64Array | undefined;
  private yShift: Float64Array | undefined;
  private count = 0;

  constructor(inputs: number, outputs: number) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.stride = tiled(inputs);
    this.xx = new Float64Array(this.stride * this.stride);
    this.yx = new Float64Array(tiled(outputs) * this.stride);
    this.xSum = new Float64Array(inputs);
    this.ySum = new Float64Array(outputs);
    this.ySquares = new Float64Array(outputs);
    this.xs = new Float64Array(this.stride * BLOCK);
    this.ys = new Float64Array(tiled(outputs) * BLOCK);
  }

  /**
   * @param x [count, inputs], row-major
   * @param y [count, outputs], row-major
   */
  add(x: ArrayLike<number>, y: ArrayLike<number>, count: number): void {
    const { inputs, outputs, xs, ys } = this;
    for (let k = 0; k < count; k++) {
      const at = this.waiting++;
      for (let i = 0; i < inputs; i++) xs[i * BLOCK + at] = x[k * inputs + i] as number;
      for (let o = 0; o < outputs; o++) ys[o * BLOCK + at] = y[k * outputs + o] as number;
      if (this.waiting === BLOCK) this.flush();
    }
  }

  private flush(): void {
    const { inputs, outputs, xs, ys, waiting: count } = this;
    if (count === 0) return;
    this.xShift ??= meansOf(xs, inputs, count);
    this.yShift ??= meansOf(ys, outputs, count);
    deviate(xs, this.xShift, count);
    deviate(ys, this.yShift, count);
    addProducts(this.xx, xs, xs, BLOCK, true);
    addProducts(this.yx, ys, xs, BLOCK);
    addSums(this.xSum, xs);
    addSums(this.ySum, ys);
    for (let o = 0; o < outputs; o++) {
      let sum = 0;
      for (let k = 0; k < count; k++) sum += (ys[o * BLOCK + k] as number) ** 2;
      this.ySquares[o] = (this.ySquares[o] as number) + sum;
    }
    this.count += count;
    this.waiting = 0;
  }

  /** Of what was added; the sums themselves are used up. */
  moments(): Moments {
    this.flush();
    const { count, inputs, outputs, stride, xx, yx } = this;
    const x = this.xSum.map((sum) => sum / count);
    const y = this.ySum.map((sum) => sum / count);
    for (let i = 0; i < inputs; i++) {
      for (let j = 0; j <= i; j++) {
        xx[i * stride + j] = (xx[i * stride + j] as number) / count - (x[i] as number) * (x[j] as number);
      }
    }
    let variance = 0;
    for (let o = 0; o < outputs; o++) {
      variance += Math.max(0, (this.ySquares[o] as number) / count - (y[o] as number) ** 2);
      for (let j = 0; j < inputs; j++) {
        yx[o * stride + j] = (yx[o * stride + j] as number) / count - (y[o] as number) * (x[j] as number);
      }
    }
    const back = (mean: number, shift: Float64Array | undefined, i: number) => mean + (shift?.[i] ?? 0);
    const xMean = x.map((mean, i) => back(mean, this.xShift, i));
    const yMean = y.map((mean, i) => back(mean, this.yShift, i));
    return { count, xMean, yMean, xx, yx, stride, variance };
  }
}

/** The mean of each of the first rows, over `count` observations. */
function meansOf(rows: Float64Array, width: number, count: number): Float64Array {
  return Float64Array.from({ length: width }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < count; k++) sum += rows[i * BLOCK + k] as number;
    return sum / count;
  });
}

/** Takes the shift off the first `count` observations; those that are not there deviate from nothing. */
function deviate(rows: Float64Array, shift: Float64Array, count: number): void {
  shift.forEach((mean, i) => {
    const at = i * BLOCK;
    for (let k = 0; k < count; k++) rows[at + k] = (rows[at + k] as number) - mean;
    rows.fill(0, at + count, at + BLOCK);
  });
}

function addSums(sums: Float64Array, rows: Float64Array): void {
  for (let i = 0; i < sums.length; i++) {
    let sum = sums[i] as number;
    for (let k = i * BLOCK; k < (i + 1) * BLOCK; k++) sum += rows[k] as number;
    sums[i] = sum;
  }
}
