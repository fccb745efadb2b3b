import type { DynamicsOptions } from '../../../contract/recipe.ts';
import type { Random } from '../../base/random.ts';

/** What couples a weight's mask to others'. */
export type Hamiltonian = NonNullable<DynamicsOptions['hamiltonian']>;

/** Powers of ten between which the inverse temperature rises. */
const ANNEALING: Readonly<Record<Hamiltonian, readonly [number, number]>> = {
  unary: [0, 4],
  kernel: [0, 4],
  filter: [-2.5, 0],
};

/**
 * The inverse temperature at a moment of the training: logspace(0, 4, 128), for filters logspace(-2.5, 0, 128), one value for
 * each of the first 128 of 200 epochs, the last one held (the schedules of Gibbs pruning), stretched to the training's length.
 * @param progress share of the training that is done, 0..1.
 */
export function gibbsBeta(progress: number, hamiltonian: Hamiltonian = 'unary'): number {
  const [from, to] = ANNEALING[hamiltonian];
  const index = Math.min(127, Math.floor(200 * progress));
  return 10 ** (from + ((to - from) * index) / 127);
}

/**
 * Probability that a weight is pruned: sigmoid(beta b) with b = threshold - w^2. Under p(x) ~ exp(-beta sum b_i x_i) with x in
 * {-1, 1} it would be sigmoid(2 beta b); this is the convention of the method's own code, at half the inverse temperature.
 */
export function pruneProbability(squared: number, threshold: number, beta: number): number {
  return sigmoid(beta * (threshold - squared));
}

/** Beyond this, a logistic variable of 24 random bits never lies. */
export const CERTAIN = 18;

/**
 * Draws masks from the unary Hamiltonian: every weight on its own.
 * @param squared w^2 of each weight.
 * @param noise as many uniform numbers in [0, 1).
 * @returns 1 where a weight is kept.
 */
export function sampleUnary(
  squared: Float32Array,
  threshold: number,
  beta: number,
  noise: Float32Array,
): Float32Array {
  const kept = new Float32Array(squared.length);
  for (let i = 0; i < kept.length; i++) {
    kept[i] = isKept(beta * ((squared[i] as number) - threshold), noise[i] as number) ? 1 : 0;
  }
  return kept;
}

/** Whether a weight with this log-odds of staying stays, by a uniform number in [0, 1). */
export function isKept(logit: number, uniform: number): boolean {
  return logit > CERTAIN || (logit >= -CERTAIN && belowSigmoid(uniform, logit));
}

/** The sigmoid at evenly spaced points: between two of them it is bounded by both, which mostly saves the exponential. */
const POINTS_PER_UNIT = 100;
const sigmoids = Float64Array.from({ length: 2 * CERTAIN * POINTS_PER_UNIT + 2 }, (_, i) =>
  sigmoid(i / POINTS_PER_UNIT - CERTAIN),
);

/** Whether u < sigmoid(x), for |x| <= CERTAIN. */
function belowSigmoid(u: number, x: number): boolean {
  const point = Math.floor((x + CERTAIN) * POINTS_PER_UNIT);
  if (u < (sigmoids[point] as number)) return true;
  return u < (sigmoids[point + 1] as number) && u < sigmoid(x);
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Mean of squares minus the square of the mean. */
export function variance(values: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return squares / values.length - mean * mean;
}

/**
 * Draws the masks of a layer's kernels from H = x'Ax + b'x with A = -c off the diagonal, x in {-1, 1}: exactly, because all
 * couplings are equal, so that x'Ax = -c ((sum x)^2 - size) and only the number of kept weights matters beyond b. First the
 * distribution of that number, by adding one weight after the other, then the weights backwards through the same table.
 * Here p(x) ~ exp(-beta H), so that without coupling a weight is pruned with probability sigmoid(2 beta b).
 * @param fields b of each weight, kernel after kernel, `size` weights each.
 * @returns 1 where a weight is kept.
 */
export function sampleKernels(
  fields: Float32Array,
  size: number,
  beta: number,
  coupling: number,
  random: Random,
): Float32Array {
  const kept = new Float32Array(fields.length);
  // table[j * width + n]: log of the summed weights of the states of the first j weights of which n are kept.
  const width = size + 1;
  const table = new Float64Array(width * width);
  const total = new Float64Array(width);
  for (let start = 0; start < fields.length; start += size) {
    table.fill(-Infinity);
    table[0] = 0;
    for (let j = 1; j <= size; j++) {
      const field = beta * (fields[start + j - 1] as number);
      for (let n = 0; n <= j; n++) {
        const pruned = (table[(j - 1) * width + n] as number) + field;
        const keeping = n > 0 ? (table[(j - 1) * width + n - 1] as number) - field : -Infinity;
        table[j * width + n] = logAddExp(pruned, keeping);
      }
    }
    for (let n = 0; n <= size; n++) {
      const sum = 2 * n - size;
      total[n] = (table[size * width + n] as number) + beta * coupling * (sum * sum - size);
    }
    let n = drawLog(total, random.float());
    for (let j = size; j >= 1 && n > 0; j--) {
      const field = beta * (fields[start + j - 1] as number);
      const keeping = (table[(j - 1) * width + n - 1] as number) - field;
      if (Math.log(random.float()) < keeping - (table[j * width + n] as number)) {
        kept[start + j - 1] = 1;
        n--;
      }
    }
  }
  return kept;
}

function logAddExp(a: number, b: number): number {
  const larger = Math.max(a, b);
  return larger === -Infinity ? larger : larger + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** The index that a uniform number picks from unnormalised log-probabilities. */
function drawLog(logs: Float64Array, uniform: number): number {
  const largest = logs.reduce((a, b) => Math.max(a, b));
  const weights = logs.map((value) => Math.exp(value - largest));
  let left = uniform * weights.reduce((a, b) => a + b);
  for (let i = 0; i < weights.length - 1; i++) {
    left -= weights[i] as number;
    if (left < 0) return i;
  }
  return weights.length - 1;
}
