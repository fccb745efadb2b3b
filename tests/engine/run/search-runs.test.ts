import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EngineMessage } from '../../../main/contract/messages.ts';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { searchMethodSchema } from '../../../main/contract/search.ts';
import { CancelledError, Control } from '../../../main/engine/base/control.ts';
import { planOf } from '../../../main/engine/compress/plan/plan.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';
import { Stop } from './stop.ts';

const scratch = temporaryFolder();
let runs = 0;

const rivals = searchMethodSchema.options.filter((method) => method !== 'constrained-rl');
const base = {
  network: 'lenet-5-caffe',
  narrow: 0.7,
  data: { kind: 'digits', train: 200, validation: 60, test: 40 },
  dense: { epochs: 3, batchSize: 20, lr: 0.05 },
  finetune: { epochs: 1, batchSize: 20 },
  paradigm: 'constrained-rl',
  prune: { structure: { kind: 'channel' }, search: { evaluations: 16, samples: 60, rivals } },
  budget: { macs: 0.5 },
  export: ['safetensors'],
} as const satisfies RecipeInput;

interface Options {
  readonly folder?: string;
  readonly resume?: boolean;
  readonly control?: Control;
}

async function run(change: Partial<RecipeInput> = {}, options: Options = {}) {
  const { folder = join(scratch, String(runs++)), resume = false, control = new Control() } = options;
  const recipe = recipeSchema.parse({ ...base, ...change });
  const messages: EngineMessage[] = [];
  const report = await runSession(
    { recipe, folder, baseFolder: scratch, device: 'onnxruntime', threads: 1, resume },
    control,
    (message) => messages.push(message),
  );
  return { report, messages, weights: readFileSync(join(folder, 'weights.safetensors')).toString('base64') };
}

describe('a run that searches for widths', () => {
  it('meets its budget with the best widths of all methods, and tells who found them', async () => {
    const { report, messages } = await run();
    const { search } = report;
    expect(search).toMatchObject({ measure: 'macs', asked: 0.5, evaluations: 16, samples: 60, fineTune: 0 });
    const methods = search?.methods ?? [];
    expect(methods.map(({ method }) => method)).toEqual(['constrained-rl', ...rivals]);
    const best = Math.max(...methods.map((one) => one.best?.accuracy ?? 0));
    expect(methods.find(({ method }) => method === search?.winner)?.best?.accuracy).toBe(best);
    for (const { evaluations, best: found } of methods) {
      expect(evaluations).toBeLessThanOrEqual(16);
      expect(found?.left ?? 0).toBeLessThanOrEqual(0.5);
    }
    const [promise] = report.promises;
    expect(promise?.after).toBeLessThanOrEqual(promise?.asked ?? 0);
    expect(promise?.after).toBeGreaterThan(0.98 * (promise?.asked ?? 0));
    // What was found is what is left.
    const kept = new Map(search?.groups.map((group) => [group.name, group.kept]));
    expect(kept.size).toBeGreaterThan(1);
    for (const { group, total, kept: left } of report.channels) expect(left).toBe(kept.get(group) ?? total);
    const [found = '', lost] = report.findings.filter((text) => /widths/.test(text));
    expect(found).toContain('found the widths that are taken');
    expect(lost === undefined).toBe(search?.winner === 'constrained-rl');
    // Curves of the best so far never fall, one point for every evaluation from the first that meets the budget.
    for (const { method, best: end } of methods) {
      const points = report.history.filter(({ name }) => name === `search/${method}`);
      points.slice(1).forEach(({ value }, i) => expect(value).toBeGreaterThanOrEqual(points[i]?.value ?? 1));
      expect(points.at(-1)?.value).toBe(end?.accuracy);
    }
    const told = messages.flatMap((message) => (message.type === 'progress' ? [message.progress] : []));
    const tried = told.flatMap(({ evaluations }) => evaluations ?? []);
    expect(tried.every(({ total, done }) => total === 16 * 6 && done <= total)).toBe(true);
    told
      .slice(1)
      .forEach(({ fraction }, i) => expect(fraction).toBeGreaterThanOrEqual(told[i]?.fraction ?? 1));
  });

  it('keeps to the weight what a sparsity of single weights leaves', async () => {
    const prune = { search: { evaluations: 12, samples: 40 } };
    const { report } = await run({ prune, budget: { sparsity: 0.8 } });
    const [total, nonzero] =
      [report.layers.map((one) => one.parameters), report.layers.map((one) => one.nonzero)] // prettier-ignore
        .map((values) => values.reduce((sum, value) => sum + value, 0)) as [number, number];
    expect(nonzero).toBe(Math.floor(0.2 * total + 1e-9));
    for (const { name, kept } of report.search?.groups ?? []) {
      expect(report.layers.find(({ param }) => param === name)?.nonzero).toBe(kept);
    }
  });

  it('ends with the same bytes when it is stopped within the search of any method, and resumed', async () => {
    const whole = new Stop();
    const undisturbed = await run({}, { control: whole });
    const folder = join(scratch, 'stopped');
    let resume = false;
    const stops: string[] = [];
    for (const share of [0.15, 0.25, 0.3]) {
      const control = new Stop(Math.round(share * whole.gates));
      await run({}, { folder, resume, control }).catch((error: unknown) => {
        if (!(error instanceof CancelledError)) throw error;
        stops.push('stopped');
      });
      resume = true;
    }
    expect(stops).toHaveLength(3);
    const resumed = await run({}, { folder, resume });
    expect(resumed.weights).toBe(undisturbed.weights);
    expect(resumed.report.search).toEqual(undisturbed.report.search);
    expect(resumed.report.history).toEqual(undisturbed.report.history);
    expect(resumed.report.findings).toEqual(undisturbed.report.findings);
  });

  it('judges widths after some fine-tuning where it is asked for', async () => {
    const search = { evaluations: 6, samples: 60 };
    const prune = (fineTune: number) => ({ prune: { structure: base.prune.structure, search: { ...search, fineTune } } }); // prettier-ignore
    const [bare, tuned] = [await run(prune(0)), await run(prune(20))];
    expect(tuned.report.search?.fineTune).toBe(20);
    const best = ({ report }: typeof bare) => report.search?.methods[0]?.best?.accuracy ?? 0;
    expect(best(tuned)).toBeGreaterThan(best(bare));
  });

  it('searches anew in every attempt to keep a floor under accuracy', async () => {
    const prune = { structure: base.prune.structure, search: { evaluations: 5, samples: 30 } };
    const { report } = await run({ prune, budget: { macs: 0.5, accuracyDrop: 100 } });
    expect(report.search?.asked).toBe(0.5);
    expect(report.promises.map(({ kind }) => kind)).toEqual(['macs', 'accuracyDrop']);
  });
});

describe('what goes not with a search is refused', () => {
  const refused = (change: Partial<RecipeInput>) => () => planOf(recipeSchema.parse({ ...base, ...change }));

  it('amounts that only measuring tells, a second one, structures that fix shares, shuffling', () => {
    expect(refused({ budget: { latency: 1 } })).toThrow(problemWith({ field: 'budget.latency' }));
    expect(refused({ budget: { macs: 0.5, parameters: 0.5 } })).toThrow(
      problemWith({ code: 'recipe/budget', field: 'budget.macs' }),
    );
    expect(refused({ prune: { structure: { kind: 'n:m' } }, budget: { sparsity: 0.5 } })).toThrow(
      problemWith({ field: 'prune.structure.kind' }),
    );
    expect(refused({ prune: { ...base.prune, control: 'shuffle' } })).toThrow(
      problemWith({ field: 'prune.control' }),
    );
  });

  it('settings of a search where none is', () => {
    const change = { paradigm: 'magnitude-one-shot', prune: { search: { evaluations: 5 } }, budget: { sparsity: 0.5 } }; // prettier-ignore
    expect(refused(change)).toThrow(
      problemWith({ code: 'recipe/unused', field: 'prune.search.evaluations' }),
    );
  });
});
