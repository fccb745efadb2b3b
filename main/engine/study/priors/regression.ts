import type { Random } from '../../base/random.ts';
import { mixingOf, type Mixing } from './mixing.ts';
import type { SmallNetwork } from './network.ts';
import { sample, type SamplerOptions } from './sghmc.ts';

/** Samples of a regression, standardised: inputs [count, width], one target each. */
export interface Samples {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly width: number;
}

/** What a posterior says of new samples. */
export interface Predicted {
  readonly mean: Float64Array;
  /** Standard deviation of a new target: of the functions, and the noise. */
  readonly deviation: Float64Array;
}

/** What samples of a posterior say, and how well their chains have mixed there; null for too few samples to tell. */
export interface Sampled extends Predicted {
  readonly mixing: Mixing | null;
}

/** Samples of a chain below which halves of it have no spread. */
const FEWEST = 4;

/**
 * Samples the posterior of a network's parameters and predicts with all of its samples.
 * @param deviations of the prior, by parameter
 * @param noise standard deviation of targets, known
 * @param at places to predict at, [count, width]
 */
export async function predict(
  network: SmallNetwork,
  { x, y, width }: Samples,
  deviations: Float64Array,
  noise: number,
  at: Float64Array,
  options: SamplerOptions & { readonly chains: number },
  random: (label: string) => Random,
  gate: (fraction: number) => Promise<void>,
): Promise<Sampled> {
  const precision = deviations.map((deviation) => 1 / deviation ** 2);
  const errors = new Float64Array(y.length);
  const slope = (p: Float64Array, gradient: Float64Array) => {
    for (let i = 0; i < p.length; i++) gradient[i] = (p[i] as number) * (precision[i] as number);
    network.values(p, x, errors);
    for (let i = 0; i < y.length; i++) errors[i] = ((errors[i] as number) - (y[i] as number)) / noise ** 2;
    network.addGradients(p, errors, gradient);
  };
  const count = at.length / width;
  const chains: Float64Array[][] = [];
  for (let chain = 0; chain < options.chains; chain++) {
    const values: Float64Array[] = [];
    chains.push(values);
    const start = network.draw(deviations, random(`start/${chain}`));
    await sample(
      start,
      slope,
      options,
      random(`chain/${chain}`),
      (p) => {
        const seen = new Float64Array(count);
        network.values(p, at, seen);
        values.push(seen);
      },
      (fraction) => gate((chain + fraction) / options.chains),
    );
  }
  const all = chains.flat();
  const mean = new Float64Array(count);
  const deviation = mean.map((_, i) => {
    const values = all.map((one) => one[i] as number);
    const center = values.reduce((sum, value) => sum + value, 0) / values.length;
    mean[i] = center;
    const variance = values.reduce((sum, value) => sum + (value - center) ** 2, 0) / values.length;
    return Math.sqrt(variance + noise ** 2);
  });
  return { mean, deviation, mixing: options.samples < FEWEST ? null : mixingOf(chains) };
}

/** Root mean squared error and mean negative log-likelihood of targets under normal predictions, in units of `unit`. */
export function scoreOf(
  { mean, deviation }: Predicted,
  y: Float64Array,
  unit = 1,
): { rmse: number; nll: number } {
  let [square, nll] = [0, 0];
  for (let i = 0; i < y.length; i++) {
    const [error, spread] = [(y[i] as number) - (mean[i] as number), deviation[i] as number];
    square += error * error;
    nll += 0.5 * Math.log(2 * Math.PI * spread * spread) + (error * error) / (2 * spread * spread);
  }
  return { rmse: Math.sqrt(square / y.length) * unit, nll: nll / y.length + Math.log(unit) };
}
