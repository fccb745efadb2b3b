import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { inputError } from '../../../contract/errors.ts';
import { reportSchema, type Report } from '../../../contract/report.ts';
import { fileError } from '../../../files/problems.ts';
import { paradigms } from '../../compress/paradigms/index.ts';
import { defineStudy } from '../frame/study.ts';
import { findings } from './findings.ts';
import { parameters, result, type Parameters, type Result, type RunStep } from './parameters.ts';

/** A finished run's figures on the two axes that the paper asks for. */
export function figuresOf(report: Report): Omit<Result, 'folder'> {
  const { dense, compressed, recipe, network, data, seed } = report;
  const { criterion: own } = paradigms.get(recipe.paradigm, 'paradigm').point;
  const { criterion = own, control = 'none' } = recipe.prune;
  const method = [
    recipe.paradigm,
    ...(criterion === own ? [] : [`criterion ${criterion}`]),
    ...(control === 'none' ? [] : [control]),
  ].join(', ');
  const baseline =
    control !== 'none'
      ? null
      : /random/.test(`${recipe.paradigm} ${criterion}`)
        ? 'random'
        : recipe.paradigm.startsWith('magnitude') && criterion === 'magnitude'
          ? 'magnitude'
          : null;
  return {
    name: report.name,
    network: network.name,
    data: data.name,
    // Not the fingerprint: seeds that draw a part of the samples each have one of their own.
    samples: [data.train, data.validation, data.test],
    method,
    baseline,
    seed,
    accuracy: compressed.accuracy,
    dense: dense?.accuracy ?? null,
    compression: (dense?.parameters ?? compressed.parameters) / Math.max(1, compressed.nonzero),
    speedUp: (dense?.macs ?? compressed.macs) / Math.max(1, compressed.effectiveMacs),
  };
}

async function readRun(folder: string, baseFolder: string): Promise<Report> {
  const file = join(folder, 'report.json');
  const text = await readFile(resolve(baseFolder, file), 'utf8').catch((error: unknown) => {
    throw fileError(error, file, "read a finished run's report");
  });
  const read = reportSchema.safeParse(parsed(text));
  if (read.success) return read.data;
  throw inputError('study/run', "This is no finished run's report.", {
    file,
    field: 'runs',
    remedy: 'Name folders of finished runs.',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Published curves alone take no step. */
const steps = ({ runs }: Parameters): RunStep[] =>
  runs.map((folder, i) => ({ folder, label: `Run ${i + 1} of ${runs.length}`, cost: 1 }));

export const worth = defineStudy({
  id: 'worth-of-pruning',
  label: 'What a pruning method is worth',
  summary:
    'Runs of your own beside published curves on the same axes, and what a comparison has to have before it says anything.',
  claim:
    'Papers on pruning cannot be compared as they are: they share too few networks and data sets, report few operating points and no spread, and count differently. A comparison needs whole curves of at least five operating points, compression and theoretical speed-up both, at least three seeds, the dense accuracy of the same training, and random and magnitude pruning beside the method.',
  paper: {
    title: 'What is the State of Neural Network Pruning?',
    authors: 'Blalock et al.',
    year: 2020,
    url: 'https://arxiv.org/abs/2003.03033',
  },
  minutes: 0.1,
  revision: 2,
  parameters,
  result,
  steps,
  async prepare({ runs }, { baseFolder }) {
    for (const folder of runs) {
      const found = await stat(resolve(baseFolder, folder)).catch((error: unknown) => {
        throw fileError(error, folder, 'read this folder');
      });
      if (!found.isDirectory())
        throw inputError('study/run', 'This is no folder of a run.', {
          file: folder,
          field: 'runs',
          remedy: 'Name folders of finished runs.',
        });
    }
  },
  async run({ folder }: RunStep, { baseFolder }): Promise<Result> {
    return { folder, ...figuresOf(await readRun(folder, baseFolder)) };
  },
  findings,
});
