import type { Random } from '../../base/random.ts';

/**
 * Stochastic gradient Hamiltonian Monte Carlo with adapted scales (Chen et al. 2014; Springenberg et al. 2016). While it burns in,
 * every coordinate's mean squared gradient is learned; then it stays fixed.
 */
export interface SamplerOptions {
  readonly lr: number;
  /** Friction. */
  readonly alpha: number;
  readonly burnIn: number;
  readonly samples: number;
  /** Steps from one sample to the next. */
  readonly every: number;
}

const EPSILON = 1e-16;

/**
 * @param start where the chain begins; left as it is
 * @param slope adds the gradient of the whole negative log posterior at a point
 * @param take given every sample; the array is used again
 */
export async function sample(
  start: Float64Array,
  slope: (at: Float64Array, gradient: Float64Array) => void,
  { lr, alpha, burnIn, samples, every }: SamplerOptions,
  random: Random,
  take: (at: Float64Array) => void,
  gate: (fraction: number) => Promise<void>,
): Promise<void> {
  const n = start.length;
  const at = start.slice();
  const momentum = new Float64Array(n);
  const [tau, mean, square] = [
    new Float64Array(n).fill(1),
    new Float64Array(n).fill(1),
    new Float64Array(n).fill(1),
  ];
  const gradient = new Float64Array(n);
  const total = burnIn + samples * every;
  for (let step = 1; step <= total; step++) {
    gradient.fill(0);
    slope(at, gradient);
    const burning = step <= burnIn;
    for (let i = 0; i < n; i++) {
      const g = gradient[i] as number;
      if (burning) {
        const before = (tau[i] as number) + 1;
        const m = mean[i] as number;
        const v = square[i] as number;
        tau[i] = (tau[i] as number) + 1 - ((tau[i] as number) * m * m) / (v + EPSILON);
        mean[i] = m + (g - m) / before;
        square[i] = v + (g * g - v) / before;
      }
      const scale = 1 / (Math.sqrt(square[i] as number) + EPSILON);
      const variance = Math.max(0, 2 * lr * lr * alpha * scale - lr ** 4);
      const p = momentum[i] as number;
      momentum[i] = p - lr * lr * scale * g - alpha * p + Math.sqrt(variance) * random.normal();
      at[i] = (at[i] as number) + (momentum[i] as number);
    }
    if (!burning && (step - burnIn) % every === 0) take(at);
    if (step % 16 === 0) await gate(step / total);
  }
}

/**
 * The variance that the sampler comes to for a Gaussian of precision h, its scale fixed at 1: the stationary solution of its linear
 * recursion theta' = theta + p', p' = (1 - alpha) p - lr^2 h theta + noise, a 2-D Lyapunov equation.
 */
export function stationaryVariance(h: number, lr: number, alpha: number): number {
  const e = lr * lr * h;
  const c = 1 - alpha;
  const q = 2 * lr * lr * alpha - lr ** 4;
  // S = T S T' + Q over (theta, p): three equations in var theta, covariance, var p.
  // p' = c p - e t + w; t' = t + p'.
  // P = c^2 P - 2 c e C + e^2 V + q;  V = V + 2 (c C - e V) + P  (t and p' before, then p');  C = c C - e V + P.
  // From the last two: C = P + (c C - e V) and 0 = 2 (c C - e V) + P, so c C - e V = -P / 2 and C = P / 2.
  const pOfV = (2 * e) / (1 + c);
  const cov = pOfV / 2;
  return q / (pOfV * (1 - c * c) + 2 * c * e * cov - e * e);
}
