import type { Backend } from '../../backend/backend.ts';
import { openBackend } from '../../backend/choose.ts';
import { Random } from '../../base/random.ts';
import type { Dataset } from '../../data/dataset.ts';
import { readNamedData } from '../frame/data.ts';
import { defineStudy } from '../frame/study.ts';
import { prunedBy } from './criteria.ts';
import { curveSamples, friedman, readTable, splitTable, truth, type Table } from './data.ts';
import { findings } from './findings.ts';
import { processDraws } from './gaussian-process.ts';
import { SmallNetwork } from './network.ts';
import { parameters, result, type Parameters, type PriorStep, type Result } from './parameters.ts';
import { fitPrior, fixedPrior, spreadOf, type PriorState } from './prior.ts';
import { predict, scoreOf } from './regression.ts';
import { linearPosterior } from './snr.ts';

/** Steps of the prior from one checkpoint to the next. */
const CHUNK = 10;
/** The noise that the table's targets are taken to have, in their standard deviations. */
const TABLE_NOISE = 0.25;
/** Functions of a prior that are drawn for the picture. */
const SHOWN = 3;

interface Prepared {
  readonly table: Table | null;
  readonly dataset: Dataset;
  readonly backend: Backend;
}

const priors = ['fixed', 'fitted'] as const;

function steps(of: Parameters): PriorStep[] {
  const chunks = Array.from({ length: Math.ceil(of.outer / CHUNK) }, (_, i) =>
    Math.min(CHUNK, of.outer - i * CHUNK),
  );
  const fit = (on: 'curve' | 'table', words: string): PriorStep[] =>
    chunks.map((count, i) => ({
      part: 'prior',
      on,
      steps: count,
      label: `Fitting the prior${words}, steps ${i * CHUNK + 1} to ${i * CHUNK + count} of ${of.outer}`,
      cost: (count * of.inner * of.bag * of.places) / 6e4,
    }));
  const chain = of.chains * (of.burnIn + of.samples * of.every);
  const table = Array.from({ length: of.splits }, (_, i) => i + 1);
  return [
    { part: 'criteria', label: 'Magnitude, Fisher and signal-to-noise as criteria', cost: 15 },
    ...fit('curve', ''),
    ...priors.map((prior): PriorStep => ({
      part: 'curve',
      prior,
      label: `The curve under the ${prior} prior`,
      cost: (chain * of.points) / 4e4,
    })),
    ...(of.splits === 0 ? [] : fit('table', ' of the table')),
    ...table.flatMap((split) =>
      priors.map((prior): PriorStep => ({
        part: 'table',
        prior,
        split,
        label: `The table under the ${prior} prior, split ${split} of ${of.splits}`,
        cost: (chain * of.rows) / 4e4,
      })),
    ),
  ];
}

/** Where the fit of a prior stands after the steps so far. */
function fitted(earlier: readonly Result[], on: 'curve' | 'table'): PriorState {
  const last = earlier.findLast((one) => one.part === 'prior' && one.on === on);
  return last?.part === 'prior' ? last.state : fixedPrior;
}

interface At {
  readonly of: Parameters;
  readonly prepared: Prepared;
  readonly earlier: readonly Result[];
  readonly random: (label: string) => Random;
  readonly gate: (fraction: number) => Promise<void>;
}

/** Inputs of the first split's training rows at which functions are compared, or an even grid of the curve's. */
function placesOf(at: At, on: 'curve' | 'table', width: number): Float64Array {
  const { of, prepared, random } = at;
  if (on === 'curve')
    return Float64Array.from({ length: of.places }, (_, i) => -1.6 + (3.2 * i) / (of.places - 1 || 1));
  const { train } = splitTable(tableOf(prepared), of.rows, random('split/1'));
  return train.x.slice(0, of.places * width);
}

function tableOf({ table }: Prepared): Table {
  if (table === null) throw new RangeError('there is no table');
  return table;
}

async function fit(at: At, on: 'curve' | 'table', count: number): Promise<Result> {
  const { of, prepared, earlier, random, gate } = at;
  const width = on === 'curve' ? 1 : (tableOf(prepared).inputs[0]?.length ?? 1);
  const places = placesOf(at, on, width);
  // Distances grow with the root of the number of inputs.
  const length = on === 'curve' ? of.length : of.length * Math.sqrt(2 * width);
  const options = {
    network: new SmallNetwork(width, of.hidden),
    target: processDraws({ length, amplitude: of.amplitude }, places, width),
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

const spread = (at: At, on: 'curve' | 'table', prior: 'fixed' | 'fitted') =>
  spreadOf(prior === 'fixed' ? fixedPrior : fitted(at.earlier, on));

async function curve(at: At, prior: 'fixed' | 'fitted'): Promise<Result> {
  const { of, random, gate } = at;
  const network = new SmallNetwork(1, of.hidden);
  const deviations = network.deviations(spread(at, 'curve', prior));
  const data = curveSamples(of.points, of.noise, random('curve data'));
  const test = random('curve test');
  const grid = Float64Array.from({ length: 100 }, (_, i) => -1.7 + (3.4 * i) / 99);
  const wanted = grid.map((x) => truth(x) + of.noise * test.normal());
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
    grid: [...grid],
    mean: [...found.mean],
    deviation: [...found.deviation],
    draws: draws.map((p) => Array.from(grid, (_, i) => network.value(p, grid, i))),
    data: Array.from(data.x, (x, i) => ({ x, y: data.y[i] ?? 0 })),
  };
}

async function onTable(at: At, prior: 'fixed' | 'fitted', split: number): Promise<Result> {
  const { of, prepared, random, gate } = at;
  const { train, test, unit } = splitTable(tableOf(prepared), of.rows, random(`split/${split}`));
  const network = new SmallNetwork(train.width, of.hidden);
  const deviations = network.deviations(spread(at, 'table', prior));
  const own = (label: string) => random(`table/${prior}/${split}/${label}`);
  const found = await predict(network, train, deviations, TABLE_NOISE, test.x, of, own, gate);
  return { part: 'table', prior, split, ...scoreOf(found, test.y, unit) };
}

/** A linear model of eight weights, half of them near zero: what the criteria say where the posterior is known exactly. */
function linear(random: (label: string) => Random) {
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

export const functionalPriors = defineStudy({
  id: 'functional-priors',
  label: 'Functional priors and signal-to-noise',
  summary:
    "What a Bayesian network gains by a prior of weights that is fitted to a prior of functions, and its posterior's signal-to-noise as a criterion for pruning.",
  claim:
    'A prior of weights that is fitted to a Gaussian process, by making the Wasserstein distance between functions of the two small, gives better predictions and better uncertainty than the fixed Gaussian prior, with the posterior sampled by SGHMC in both cases.',
  paper: {
    title: 'All You Need is a Good Functional Prior for Bayesian Deep Learning',
    authors: 'Tran et al.',
    year: 2022,
    url: 'https://arxiv.org/abs/2011.12829',
  },
  minutes: 7,
  revision: 1,
  parameters,
  result,
  steps,
  async prepare(of, around): Promise<Prepared> {
    const table =
      of.splits === 0
        ? null
        : of.table === ''
          ? friedman(of.rows, Random.from(around.seed, 'functional-priors/friedman'))
          : await readTable(of.table, of.target, around.baseFolder);
    const dataset = await readNamedData('digits', around);
    return { table, dataset, backend: await openBackend({ device: 'onnxruntime' }) };
  },
  async run(step: PriorStep, { parameters: of, prepared, earlier, seed, random, gate }): Promise<Result> {
    const at = { of, prepared, earlier, random, gate };
    switch (step.part) {
      case 'prior':
        return fit(at, step.on, step.steps);
      case 'curve':
        return curve(at, step.prior);
      case 'table':
        return onTable(at, step.prior, step.split);
      case 'criteria': {
        const { dataset, backend } = prepared;
        return {
          part: 'criteria',
          weights: linear(random),
          ...(await prunedBy(dataset, backend, seed, random, gate)),
        };
      }
    }
  },
  findings,
});
