import type { Random } from '../../base/random.ts';
import { kernelOf, squareBetween, type Kernel } from './gaussian-process.ts';
import type { SmallNetwork } from './network.ts';

const DRAWS = 2000;
/** Classes of distances between places, equally full. */
const CLASSES = 6;
/** Places at which functions are drawn at most. */
const PLACES = 40;

/** A prior's functions at some places: what a Gaussian process has in closed form. */
export interface FunctionMoments {
  /** Mean over the places. */
  readonly variance: number;
  /** Mean correlation of two places by their distance, the nearest first. */
  readonly correlations: readonly { readonly distance: number; readonly correlation: number }[];
}

/** @param deviations of the network's parameters @param x places, [count, inputs] */
export function networkMoments(
  network: SmallNetwork,
  deviations: Float64Array,
  x: Float64Array,
  random: Random,
): FunctionMoments {
  const { inputs } = network;
  const count = Math.min(PLACES, x.length / inputs);
  const places = x.subarray(0, count * inputs);
  const values = new Float64Array(count);
  const products = new Float64Array(count * count);
  for (let draw = 0; draw < DRAWS; draw++) {
    const p = network.draw(deviations, random);
    network.values(p, places, values);
    for (let i = 0; i < count; i++)
      for (let j = 0; j <= i; j++)
        products[i * count + j] =
          (products[i * count + j] as number) + ((values[i] as number) * (values[j] as number)) / DRAWS;
  }
  return momentsOf(x, inputs, (i, j) => products[i * count + j] as number);
}

/** The same of a process, exactly. */
export function processMoments(kernel: Kernel, x: Float64Array, inputs: number): FunctionMoments {
  return momentsOf(x, inputs, (i, j) =>
    kernelOf(kernel, squareBetween(x, i * inputs, x, j * inputs, inputs)),
  );
}

/** @param covariance of the values at two places, the later one first */
function momentsOf(
  x: Float64Array,
  inputs: number,
  covariance: (i: number, j: number) => number,
): FunctionMoments {
  const count = Math.min(PLACES, x.length / inputs);
  const pairs: { distance: number; correlation: number }[] = [];
  let variance = 0;
  for (let i = 0; i < count; i++) {
    variance += covariance(i, i) / count;
    for (let j = 0; j < i; j++)
      pairs.push({
        distance: Math.sqrt(squareBetween(x, i * inputs, x, j * inputs, inputs)),
        correlation: covariance(i, j) / Math.sqrt(covariance(i, i) * covariance(j, j)),
      });
  }
  pairs.sort((a, b) => a.distance - b.distance);
  const size = Math.ceil(pairs.length / CLASSES);
  const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length;
  const correlations = Array.from({ length: CLASSES }, (_, i) => pairs.slice(i * size, (i + 1) * size))
    .filter((own) => own.length > 0)
    .map((own) => ({
      distance: mean(own.map(({ distance }) => distance)),
      correlation: mean(own.map(({ correlation }) => correlation)),
    }));
  return { variance, correlations };
}
