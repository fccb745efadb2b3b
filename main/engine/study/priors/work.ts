import type { Random } from '../../base/random.ts';
import { networkMoments, processMoments } from './agreement.ts';
import { curveSamples, splitTable, truth, type Table } from './data.ts';
import { likeliest, processDraws, ProcessPosterior, type NoisyKernel } from './gaussian-process.ts';
import { SmallNetwork } from './network.ts';
import type { Parameters, Result } from './parameters.ts';
import { fitPrior, fixedPrior, spreadOf, type PriorState } from './prior.ts';
import { predict, scoreOf, type Samples } from './regression.ts';
import { linearPosterior } from './snr.ts';

/** Functions of a prior that are drawn for the picture. */
const SHOWN = 3;

/** Where the fit of a prior stands after the steps so far. */
function fitted(earlier: readonly Result[], on: 'curve' | 'table'): PriorState {
  const last = earlier.findLast((one) => one.part === 'prior' && one.on === on);
  return last?.part === 'prior' ? last.state : fixedPrior;
}

/** What a step has to go by. */
export interface At {
  readonly of: Parameters;
  readonly table: Table | null;
  readonly earlier: readonly Result[];
  readonly random: (label: string) => Random;
  readonly gate: (fraction: number) => Promise<void>;
}

/** The process that a prior is fitted to, and the noise of the targets. */
function processOf({ earlier }: At, on: 'curve' | 'table'): NoisyKernel {
  const found = earlier.find((one) => one.part === 'process' && one.on === on);
  if (found?.part !== 'process') throw new RangeError(`the process of the ${on} is not known`);
  return found;
}

const split = ({ of, table, random }: At, number: number) => {
  if (table === null) throw new RangeError('there is no table');
  return splitTable(table, of.rows, random(`split/${number}`));
};

const curveData = ({ of, random }: At): Samples => curveSamples(of.points, of.noise, random('curve data'));

/** Where the curve is predicted, and what is to be found there. */
function curveTest({ of, random }: At): { grid: Float64Array; wanted: Float64Array } {
  const test = random('curve test');
  const grid = Float64Array.from({ length: 100 }, (_, i) => -1.7 + (3.4 * i) / 99);
  return { grid, wanted: grid.map((x) => truth(x) + of.noise * test.normal()) };
}

/** The Gaussian process: the curve's is given, the table's the one with the most evidence in the first split's training rows. */
export async function process(at: At, on: 'curve' | 'table'): Promise<Result> {
  const { of, gate } = at;
  if (on === 'curve') {
    const kernel = { length: of.length, amplitude: of.amplitude, noise: of.noise };
    const { grid, wanted } = curveTest(at);
    const found = new ProcessPosterior(kernel, curveData(at)).predict(grid);
    return { part: 'process', on, ...kernel, scores: [{ split: 1, ...scoreOf(found, wanted) }] };
  }
  const kernel = await likeliest(split(at, 1).train, gate);
  const scores = Array.from({ length: of.splits }, (_, i) => {
    const { train, test, unit } = split(at, i + 1);
    return {
      split: i + 1,
      ...scoreOf(new ProcessPosterior(kernel, train).predict(test.x), test.y, unit),
    };
  });
  return { part: 'process', on, ...kernel, scores };
}

/** Inputs of the first split's training rows at which functions are compared, or an even grid of the curve's. */
function placesOf(at: At, on: 'curve' | 'table'): { places: Float64Array; width: number } {
  const { of } = at;
  if (on === 'curve') {
    const step = 3.2 / (of.places - 1 || 1);
    return { width: 1, places: Float64Array.from({ length: of.places }, (_, i) => -1.6 + i * step) };
  }
  const { x, width } = split(at, 1).train;
  return { width, places: x.slice(0, of.places * width) };
}

/** Takes the prior some steps towards the process. */
export async function fit(at: At, on: 'curve' | 'table', count: number): Promise<Result> {
  const { of, earlier, random, gate } = at;
  const { places, width } = placesOf(at, on);
  const options = {
    network: new SmallNetwork(width, of.hidden),
    target: processDraws(processOf(at, on), places, width),
    places,
    bag: of.bag,
    inner: of.inner,
    penalty: 10,
    criticHidden: 64,
    criticLr: 0.02,
    lr: 0.05,
  };
  const state = await fitPrior(
    options,
    fitted(earlier, on),
    count,
    (label) => random(`${on}/${label}`),
    gate,
  );
  return {
    part: 'prior',
    on,
    state: { rho: [...state.rho], squares: [...state.squares], distances: [...state.distances] },
  };
}

/** How near the functions of both priors are to the process's, at places that the fit did not see. */
export function agreement(at: At, on: 'curve' | 'table'): Result {
  const width = placesOf(at, on).width;
  const x =
    on === 'curve' ? Float64Array.from({ length: 16 }, (_, i) => -1.5 + i * 0.2) : split(at, 1).test.x;
  const network = new SmallNetwork(width, at.of.hidden);
  const of = (prior: 'fixed' | 'fitted') => {
    const moments = networkMoments(
      network,
      network.deviations(spread(at, on, prior)),
      x,
      at.random(`agreement/${on}`),
    );
    return { ...moments, correlations: [...moments.correlations] };
  };
  const exact = processMoments(processOf(at, on), x, width);
  return {
    part: 'agreement',
    on,
    process: { ...exact, correlations: [...exact.correlations] },
    fixed: of('fixed'),
    fitted: of('fitted'),
  };
}

const spread = (at: At, on: 'curve' | 'table', prior: 'fixed' | 'fitted') =>
  spreadOf(prior === 'fixed' ? fixedPrior : fitted(at.earlier, on));

export async function curve(at: At, prior: 'fixed' | 'fitted'): Promise<Result> {
  const { of, random, gate } = at;
  const network = new SmallNetwork(1, of.hidden);
  const deviations = network.deviations(spread(at, 'curve', prior));
  const data = curveData(at);
  const { grid, wanted } = curveTest(at);
  const found = await predict(
    network,
    data,
    deviations,
    of.noise,
    grid,
    of,
    (label) => random(`curve/${prior}/${label}`),
    gate,
  );
  const draws = Array.from({ length: SHOWN }, (_, i) => network.draw(deviations, random(`shown/${i}`)));
  return {
    part: 'curve',
    prior,
    ...scoreOf(found, wanted),
    mixing: found.mixing,
    grid: [...grid],
    mean: [...found.mean],
    deviation: [...found.deviation],
    draws: draws.map((p) => {
      const values = new Float64Array(grid.length);
      network.values(p, grid, values);
      return [...values];
    }),
    data: Array.from(data.x, (x, i) => ({ x, y: data.y[i] ?? 0 })),
  };
}

export async function onTable(at: At, prior: 'fixed' | 'fitted', number: number): Promise<Result> {
  const { of, random, gate } = at;
  const { train, test, unit } = split(at, number);
  const network = new SmallNetwork(train.width, of.hidden);
  const deviations = network.deviations(spread(at, 'table', prior));
  const own = (label: string) => random(`table/${prior}/${number}/${label}`);
  const { noise } = processOf(at, 'table');
  const found = await predict(network, train, deviations, noise, test.x, of, own, gate);
  return {
    part: 'table',
    prior,
    split: number,
    ...scoreOf(found, test.y, unit),
    mixing: found.mixing,
  };
}

/** A linear model of eight weights, half of them near zero: what the criteria say where the posterior is known exactly. */
export function linear(random: (label: string) => Random) {
  const source = random('linear');
  const n = 8;
  const x = Float64Array.from({ length: 40 * n }, () => source.normal());
  const y = Float64Array.from({ length: 40 }, (_, row) => {
    let sum = 0.3 * source.normal();
    for (let i = 0; i < n; i++) sum += (x[row * n + i] as number) * (i % 2 === 0 ? 1 / (1 + i) : 0);
    return sum;
  });
  const { mean, snrMeanField, snrMarginal, obd, obs } = linearPosterior(x, y, n, 0.09, 0.5);
  return Array.from(mean, (mu, i) => ({
    mean: mu,
    snrMeanField: snrMeanField[i] ?? 0,
    snrMarginal: snrMarginal[i] ?? 0,
    obd: obd[i] ?? 0,
    obs: obs[i] ?? 0,
  }));
}
