import type { Random } from '../../base/random.ts';
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
): Promise<Predicted> {
  const precision = deviations.map((deviation) => 1 / deviation ** 2);
  const slope = (p: Float64Array, gradient: Float64Array) => {
    for (let i = 0; i < p.length; i++) gradient[i] = (p[i] as number) * (precision[i] as number);
    for (let i = 0; i < y.length; i++) {
      const error = network.value(p, x, i * width) - (y[i] as number);
      network.addGradient(p, x, i * width, error / noise ** 2, gradient);
    }
  };
  const count = at.length / width;
  const [sum, squares] = [new Float64Array(count), new Float64Array(count)];
  let taken = 0;
  for (let chain = 0; chain < options.chains; chain++) {
    const start = network.draw(deviations, random(`start/${chain}`));
    await sample(
      start,
      slope,
      options,
      random(`chain/${chain}`),
      (p) => {
        taken++;
        for (let i = 0; i < count; i++) {
          const value = network.value(p, at, i * width);
          sum[i] = (sum[i] as number) + value;
          squares[i] = (squares[i] as number) + value * value;
        }
      },
      (fraction) => gate((chain + fraction) / options.chains),
    );
  }
  const mean = sum.map((value) => value / taken);
  const deviation = squares.map((value, i) =>
    Math.sqrt(Math.max(0, value / taken - (mean[i] as number) ** 2) + noise ** 2),
  );
  return { mean, deviation };
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
