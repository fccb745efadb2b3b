import type { Random } from '../../base/random.ts';
import { cholesky } from '../frame/linear.ts';
import type { Predicted, Samples } from './regression.ts';

/** A Gaussian process with a squared exponential kernel: amplitude^2 exp(-|x - x'|^2 / (2 length^2)). */
export interface Kernel {
  readonly length: number;
  readonly amplitude: number;
}

/** A process with the standard deviation of the noise in what is seen of it. */
export interface NoisyKernel extends Kernel {
  readonly noise: number;
}

export const kernelOf = ({ length, amplitude }: Kernel, square: number): number =>
  amplitude ** 2 * Math.exp(-square / (2 * length ** 2));

/** |a - b|^2 of two rows of `width` numbers that start at these places. */
export function squareBetween(a: Float64Array, i: number, b: Float64Array, j: number, width: number): number {
  let square = 0;
  for (let c = 0; c < width; c++) square += ((a[i + c] as number) - (b[j + c] as number)) ** 2;
  return square;
}

/** Draws of the process at some places x [count, inputs], one after the other; places that lie together need a jitter. */
export function processDraws(
  kernel: Kernel,
  x: Float64Array,
  inputs: number,
): (random: Random) => Float64Array {
  const count = x.length / inputs;
  const factor = cholesky(covariance(kernel, x, inputs, kernel.amplitude ** 2 * 1e-6), count);
  return (random) => {
    const z = Float64Array.from({ length: count }, () => random.normal());
    return Float64Array.from({ length: count }, (_, i) => {
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += (factor[i * count + j] as number) * (z[j] as number);
      return sum;
    });
  };
}

/** Of values at some places, with something added to the diagonal. */
function covariance(kernel: Kernel, x: Float64Array, width: number, added: number): Float64Array {
  const count = x.length / width;
  const matrix = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      const value = kernelOf(kernel, squareBetween(x, i * width, x, j * width, width));
      matrix[i * count + j] = value;
      matrix[j * count + i] = value;
    }
    matrix[i * count + i] = kernelOf(kernel, 0) + added;
  }
  return matrix;
}

/** What a process says once samples are known, exactly (Rasmussen and Williams 2006, algorithm 2.1). */
export class ProcessPosterior {
  private readonly kernel: NoisyKernel;
  private readonly samples: Samples;
  private readonly factor: Float64Array;
  /** L^-1 y. */
  private readonly whitened: Float64Array;

  constructor(kernel: NoisyKernel, samples: Samples) {
    const { x, y, width } = samples;
    this.kernel = kernel;
    this.samples = samples;
    this.factor = cholesky(covariance(kernel, x, width, kernel.noise ** 2), y.length);
    this.whitened = this.solved(y);
  }

  /** log p(y | x): the density of the samples' targets under the process and its noise. */
  evidence(): number {
    const n = this.whitened.length;
    let sum = (-n / 2) * Math.log(2 * Math.PI);
    for (let i = 0; i < n; i++)
      sum -= (this.whitened[i] as number) ** 2 / 2 + Math.log(this.factor[i * n + i] as number);
    return sum;
  }

  /** @param at places, [count, width] */
  predict(at: Float64Array): Predicted {
    const { x, width } = this.samples;
    const n = this.whitened.length;
    const mean = new Float64Array(at.length / width);
    const deviation = new Float64Array(mean.length);
    for (let place = 0; place < mean.length; place++) {
      const own = this.solved(
        Float64Array.from({ length: n }, (_, i) =>
          kernelOf(this.kernel, squareBetween(x, i * width, at, place * width, width)),
        ),
      );
      let [sum, variance] = [0, kernelOf(this.kernel, 0)];
      for (let i = 0; i < n; i++) {
        sum += (own[i] as number) * (this.whitened[i] as number);
        variance -= (own[i] as number) ** 2;
      }
      mean[place] = sum;
      deviation[place] = Math.sqrt(Math.max(0, variance) + this.kernel.noise ** 2);
    }
    return { mean, deviation };
  }

  /** L^-1 b. */
  private solved(b: Float64Array): Float64Array {
    const n = b.length;
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let sum = b[i] as number;
      for (let j = 0; j < i; j++) sum -= (this.factor[i * n + j] as number) * (out[j] as number);
      out[i] = sum / (this.factor[i * n + i] as number);
    }
    return out;
  }
}

/** Lengths over the typical distance of two standardised rows, amplitudes and noises over the deviation of the targets. */
const LENGTHS = [0.3, 0.6, 1, 1.5, 2, 3];
const AMPLITUDES = [0.5, 1, 2, 4];
const NOISES = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1];
/** Rows that the evidence is computed of: its cost grows with their cube. */
const ROWS = 300;

/** The process with the most evidence in standardised samples, of a grid. */
export async function likeliest(
  { x, y, width }: Samples,
  gate: (fraction: number) => Promise<void>,
): Promise<NoisyKernel> {
  const rows = Math.min(ROWS, y.length);
  const samples = { width, x: x.slice(0, rows * width), y: y.slice(0, rows) };
  const grid = LENGTHS.flatMap((length) =>
    AMPLITUDES.flatMap((amplitude) =>
      NOISES.map((noise) => ({ length: length * Math.sqrt(2 * width), amplitude, noise })),
    ),
  );
  let best: { kernel: NoisyKernel; evidence: number } | undefined;
  for (const [i, kernel] of grid.entries()) {
    const evidence = new ProcessPosterior(kernel, samples).evidence();
    if (best === undefined || evidence > best.evidence) best = { kernel, evidence };
    await gate(i / grid.length);
  }
  if (best === undefined) throw new RangeError('the grid is empty');
  return best.kernel;
}
