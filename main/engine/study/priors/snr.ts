import { inverse } from '../frame/linear.ts';

/** What a linear model with Gaussian noise and prior says of its weights, and what four criteria make of it. */
export interface LinearPosterior {
  /** X'X / s^2 + alpha I, [n, n]. */
  readonly precision: Float64Array;
  readonly mean: Float64Array;
  /** |mu| / sigma of the best factorised posterior, sigma_i^2 = 1 / L_ii. */
  readonly snrMeanField: Float64Array;
  /** |mu| / sigma of the true marginals, sigma_i^2 = (L^-1)_ii. */
  readonly snrMarginal: Float64Array;
  /** Optimal brain damage: mu^2 L_ii / 2. */
  readonly obd: Float64Array;
  /** Optimal brain surgeon: mu^2 / (2 (L^-1)_ii). */
  readonly obs: Float64Array;
}

/**
 * @param x rows of inputs, [rows, n]
 * @param variance of the noise
 * @param alpha precision of the prior
 */
export function linearPosterior(
  x: Float64Array,
  y: Float64Array,
  n: number,
  variance: number,
  alpha: number,
): LinearPosterior {
  const precision = new Float64Array(n * n);
  const right = new Float64Array(n);
  for (let row = 0; row < y.length; row++) {
    for (let i = 0; i < n; i++) {
      const value = x[row * n + i] as number;
      right[i] = (right[i] as number) + (value * (y[row] as number)) / variance;
      for (let j = 0; j < n; j++)
        precision[i * n + j] =
          (precision[i * n + j] as number) + (value * (x[row * n + j] as number)) / variance;
    }
  }
  for (let i = 0; i < n; i++) precision[i * n + i] = (precision[i * n + i] as number) + alpha;
  const covariance = inverse(precision, n);
  const mean = Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += (covariance[i * n + j] as number) * (right[j] as number);
    return sum;
  });
  const own = (matrix: Float64Array, i: number) => matrix[i * n + i] as number;
  return {
    precision,
    mean,
    snrMeanField: mean.map((mu, i) => Math.abs(mu) * Math.sqrt(own(precision, i))),
    snrMarginal: mean.map((mu, i) => Math.abs(mu) / Math.sqrt(own(covariance, i))),
    obd: mean.map((mu, i) => 0.5 * mu * mu * own(precision, i)),
    obs: mean.map((mu, i) => (0.5 * mu * mu) / own(covariance, i)),
  };
}
