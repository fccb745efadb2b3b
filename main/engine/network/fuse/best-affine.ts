import { factor, solve } from './cholesky.ts';
import type { Moments } from './moments.ts';

/** The affine map W x + b that comes nearest to y. */
export interface Affine {
  /** [outputs, inputs], row-major. */
  readonly weight: Float64Array;
  /** [outputs] */
  readonly bias: Float64Array;
  /** What it leaves unexplained: E||y - W x - b||^2 over the variance of y, 0..1. */
  readonly rho: number;
}

/** Added to the diagonal of C0, as a share of its mean: pixels that never change make it singular. */
const RIDGE = 1e-6;

/**
 * The best affine estimator (Ghods et al. 2020, arXiv 2001.10509): W = C_yx (C0 + eps I)^-1 and b = E y - W E x. With y = W2 a1 + b2
 * its C_yx is W2 C10 of the paper. Solved by Cholesky, no inverse is made.
 * @param moments used up: its C0 becomes the factor
 * @param gate called on the way: pause and cancel
 * @throws EspalierError where the moments are not of finite numbers
 */
export async function bestAffine(
  { xx, yx, xMean, yMean, stride, variance }: Moments,
  gate?: () => Promise<void>,
): Promise<Affine> {
  const inputs = xMean.length;
  const outputs = yMean.length;
  let trace = 0;
  for (let i = 0; i < inputs; i++) trace += xx[i * stride + i] as number;
  // Of an input that never changes nothing is learned, and any ridge says so.
  const ridge = trace > 0 ? (RIDGE * trace) / inputs : 1;
  for (let i = 0; i < inputs; i++) xx[i * stride + i] = (xx[i * stride + i] as number) + ridge;
  await factor(xx, inputs, stride, gate);
  const weight = new Float64Array(outputs * inputs);
  const bias = new Float64Array(outputs);
  let explained = 0;
  for (let o = 0; o < outputs; o++) {
    if (o % 16 === 0) await gate?.();
    const at = o * inputs;
    for (let i = 0; i < inputs; i++) weight[at + i] = yx[o * stride + i] as number;
    solve(xx, inputs, stride, weight, at);
    let offset = yMean[o] as number;
    for (let i = 0; i < inputs; i++) {
      const value = weight[at + i] as number;
      offset -= value * (xMean[i] as number);
      // tr(W C0 W^T) = tr(W C_xy) - eps |W|^2, so that the residual needs no C0, which the factor has overwritten.
      explained += value * (yx[o * stride + i] as number) + ridge * value * value;
    }
    bias[o] = offset;
  }
  const rho = variance > 0 ? Math.min(1, Math.max(0, 1 - explained / variance)) : 0;
  return { weight, bias, rho };
}
