/** An activation function and its derivative. */
export interface Slope {
  readonly value: (x: number) => number;
  readonly slope: (x: number) => number;
}

/** Variances of an initialisation: weights have `weight` / fan in, biases `bias`. */
export interface Chaos {
  readonly weight: number;
  readonly bias: number;
}

/** Standard normal expectations are integrals from -RANGE to RANGE by the trapezoidal rule. */
const RANGE = 10;
const POINTS = 2001;

/** E[f(Z)] for a standard normal Z. */
export function normalMean(f: (z: number) => number): number {
  const h = (2 * RANGE) / (POINTS - 1);
  let sum = 0;
  for (let i = 0; i < POINTS; i++) {
    const z = -RANGE + i * h;
    sum += f(z) * Math.exp(-0.5 * z * z);
  }
  return (sum * h) / Math.sqrt(2 * Math.PI);
}

/** E[max(Z_1, ..., Z_n)^2] for independent standard normal values: n = 1 gives 1, n = 4 gives 1.551. */
export function largestSquare(n: number): number {
  // The density of the largest is n phi(z) Phi(z)^(n - 1); Phi by the trapezoidal rule on the way.
  const h = (2 * RANGE) / (POINTS - 1);
  let [below, before, sum] = [0, 0, 0];
  for (let i = 0; i < POINTS; i++) {
    const z = -RANGE + i * h;
    const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
    below += (h * (before + density)) / 2;
    before = density;
    sum += z * z * n * density * below ** (n - 1);
  }
  return sum * h;
}

/**
 * The weight variance at which correlations neither grow nor shrink with depth (chi = 1), for a given bias variance: with q the
 * variance that stays as it is from layer to layer,
 *     q = sigma_b^2 + sigma_w^2 E[phi(sqrt(q) Z)^2]   and   1 = sigma_w^2 E[phi'(sqrt(q) Z)^2].
 * For functions that flatten out on both sides, such as tanh.
 */
export function chaosEdge({ value, slope }: Slope, bias: number): Chaos {
  const slopes = (q: number) => normalMean((z) => slope(Math.sqrt(q) * z) ** 2);
  const rest = (q: number) => q - bias - normalMean((z) => value(Math.sqrt(q) * z) ** 2) / slopes(q);
  if (bias === 0) return { weight: 1 / slopes(0), bias };
  // Where phi flattens out, rest is negative at q = bias and positive for large q: bisection between, by ratio.
  let [low, high] = [bias, 2 * bias];
  while (rest(high) < 0 && high < 1e6) high *= 2;
  for (let i = 0; i < 80; i++) {
    const middle = Math.sqrt(low * high);
    if (rest(middle) < 0) low = middle;
    else high = middle;
  }
  return { weight: 1 / slopes(low), bias };
}
