import type { Random } from '../../base/random.ts';
import { cholesky } from '../frame/linear.ts';

/** A Gaussian process with a squared exponential kernel: amplitude^2 exp(-|x - x'|^2 / (2 length^2)). */
export interface Kernel {
  readonly length: number;
  readonly amplitude: number;
}

/** Draws of the process at some places x [count, inputs], one after the other; places that lie together need a jitter. */
export function processDraws(
  { length, amplitude }: Kernel,
  x: Float64Array,
  inputs: number,
): (random: Random) => Float64Array {
  const count = x.length / inputs;
  const matrix = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      let square = 0;
      for (let c = 0; c < inputs; c++)
        square += ((x[i * inputs + c] as number) - (x[j * inputs + c] as number)) ** 2;
      matrix[i * count + j] = amplitude ** 2 * (Math.exp(-square / (2 * length ** 2)) + (i === j ? 1e-6 : 0));
    }
  }
  const factor = cholesky(matrix, count);
  return (random) => {
    const z = Float64Array.from({ length: count }, () => random.normal());
    return Float64Array.from({ length: count }, (_, i) => {
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += (factor[i * count + j] as number) * (z[j] as number);
      return sum;
    });
  };
}
