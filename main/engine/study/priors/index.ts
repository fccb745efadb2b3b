import type { Backend } from '../../backend/backend.ts';
import { openBackend } from '../../backend/choose.ts';
import { Random } from '../../base/random.ts';
import type { Dataset } from '../../data/dataset.ts';
import { readNamedData } from '../frame/data.ts';
import { defineStudy } from '../frame/study.ts';
import { prunedBy } from './criteria.ts';
import { friedman, readTable, type Table } from './data.ts';
import { findings } from './findings.ts';
import { parameters, result, type Parameters, type PriorStep, type Result } from './parameters.ts';
import { agreement, curve, fit, linear, onTable, process } from './work.ts';

/** Steps of the prior from one checkpoint to the next. */
const CHUNK = 10;

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
  const fitTo = (on: 'curve' | 'table', words: string): PriorStep[] => [
    { part: 'process', on, label: `The Gaussian process${words}`, cost: on === 'curve' ? 0.1 : 3 },
    ...chunks.map((count, i): PriorStep => ({
      part: 'prior',
      on,
      steps: count,
      label: `Fitting the prior${words}, steps ${i * CHUNK + 1} to ${i * CHUNK + count} of ${of.outer}`,
      cost: (count * of.inner * of.bag * of.places) / 6e4,
    })),
    { part: 'agreement', on, label: `Functions of the priors${words}`, cost: 1 },
  ];
  const chain = of.chains * (of.burnIn + of.samples * of.every);
  const table = Array.from({ length: of.splits }, (_, i) => i + 1);
  return [
    { part: 'criteria', label: 'Magnitude, Fisher and signal-to-noise as criteria', cost: 15 },
    ...fitTo('curve', ''),
    ...priors.map((prior): PriorStep => ({
      part: 'curve',
      prior,
      label: `The curve under the ${prior} prior`,
      cost: (chain * of.points) / 4e4,
    })),
    ...(of.splits === 0 ? [] : fitTo('table', ' of the table')),
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
  minutes: 5,
  revision: 2,
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
    const at = { of, table: prepared.table, earlier, random, gate };
    switch (step.part) {
      case 'process':
        return process(at, step.on);
      case 'agreement':
        return agreement(at, step.on);
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
