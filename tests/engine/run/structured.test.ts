import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recipeSchema, type Recipe, type RecipeInput } from '../../../main/contract/recipe.ts';
import type { Report } from '../../../main/contract/report.ts';
import { forecastRecipe } from '../../../main/engine/ask/forecast.ts';
import { scoreRecipe } from '../../../main/engine/ask/score.ts';
import { networkCost } from '../../../main/engine/network/cost.ts';
import { applyCut, cutBy } from '../../../main/engine/network/cut-by-masks.ts';
import { CancelledError, Control } from '../../../main/engine/base/control.ts';
import { planOf } from '../../../main/engine/compress/plan/plan.ts';
import { refuseUnreachable } from '../../../main/engine/compress/plan/reach.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';
import { Stop } from './stop.ts';

const scratch = temporaryFolder();

function recipeOf(change: Partial<RecipeInput>): Recipe {
  return recipeSchema.parse({
    network: 'lenet-5-caffe',
    data: { kind: 'digits', train: 128, validation: 0, test: 40 },
    seed: 5,
    dense: { epochs: 1, batchSize: 32 },
    finetune: { epochs: 1, batchSize: 32, distill: {} },
    paradigm: 'magnitude-iterative',
    prune: { structure: { kind: 'channel' }, rounds: 2, epochs: 1 },
    budget: { macs: 0.5 },
    export: ['safetensors'],
    ...change,
  });
}

async function session(
  recipe: Recipe,
  name: string,
  resume = false,
  control = new Stop(),
): Promise<{ report: Report; weights: string }> {
  const folder = join(scratch, name);
  const options = { recipe, folder, baseFolder: scratch, device: 'onnxruntime', threads: 1, resume };
  const report = await runSession(options, control, () => undefined);
  return { report, weights: readFileSync(join(folder, 'weights.safetensors')).toString('base64') };
}

const ids = (change: Partial<RecipeInput>) => planOf(recipeOf(change)).map(({ id }) => id);

describe('a plan that prunes whole channels', () => {
  it('takes them out after every pruning, before what is trained next', () => {
    expect(ids({})).toEqual(
      ['dense', 'evaluate-dense', 'prune-1', 'shrink-1', 'train-1', 'prune-2', 'shrink-2', 'finetune', 'evaluate-compressed'], // prettier-ignore
    );
    const structure = { kind: 'channel' };
    expect(ids({ paradigm: 'magnitude-gradual', prune: { structure, epochs: 1 } })).toEqual(
      ['dense', 'evaluate-dense', 'prune', 'shrink', 'finetune', 'evaluate-compressed'], // prettier-ignore
    );
    expect(ids({ paradigm: 'imp', prune: { structure, rounds: 1, rewind: 0 }, finetune: undefined })).toEqual(
      ['dense', 'evaluate-dense', 'prune', 'shrink', 'rewind', 'retrain', 'evaluate-compressed'],
    );
    expect(ids({ paradigm: 'snip', prune: { structure }, finetune: undefined, baseline: false })).toEqual([
      'prune',
      'shrink',
      'sparse',
      'evaluate-compressed',
    ]);
  });

  it('recalibrates batch norm without them where the recipe asks for it, and in the end', () => {
    const prune = { structure: { kind: 'channel' }, recalibrate: true };
    expect(ids({ paradigm: 'magnitude-one-shot', network: 'resnet-20', prune })).toEqual(
      ['dense', 'evaluate-dense', 'prune', 'shrink', 'recalibrate-shrunk', 'finetune', 'recalibrate', 'evaluate-compressed'], // prettier-ignore
    );
  });

  it('takes nothing out where single weights are pruned', () => {
    expect(ids({ prune: { rounds: 1 }, budget: { sparsity: 0.5 } })).not.toContain('shrink');
  });
});

describe('a run that loses channels on its way', () => {
  it('meets its budget, proves every removal, and is the same after a break anywhere', async () => {
    const undisturbed = new Stop();
    const { report, weights } = await session(recipeOf({}), 'whole', false, undisturbed);
    const [promise] = report.promises;
    expect(promise?.kind).toBe('macs');
    expect(Math.abs((promise?.after ?? 0) / (promise?.asked ?? 1) - 1)).toBeLessThanOrEqual(0.02);
    expect(report.compressed.macs).toBe(promise?.after);
    expect(report.dense?.macs).toBe(promise?.before);
    expect(report.removals.map(({ label }) => label)).toEqual([
      'Remove channels 1 of 2',
      'Remove channels 2 of 2',
    ]);
    for (const { channels, difference } of report.removals) {
      expect(channels).toBeGreaterThan(0);
      expect(difference).toBeLessThanOrEqual(1e-4);
    }
    expect(report.course.map(({ label }) => label)).toEqual([
      'dense',
      'Remove channels 1 of 2',
      'Train 1 of 2, taught by the dense network',
      'Remove channels 2 of 2',
      'Fine-tune, taught by the dense network',
    ]);
    expect(report.course.at(-1)?.accuracy).toBe(report.compressed.accuracy);
    // In the training between the removals, and in the one after both, which learns from the network as it was.
    for (const share of [0.55, 0.9]) {
      const name = `stopped-${share}`;
      const stop = new Stop(Math.round(share * undisturbed.gates));
      await expect(session(recipeOf({}), name, false, stop)).rejects.toThrow(CancelledError);
      const again = await session(recipeOf({}), name, true);
      expect(again.weights).toBe(weights);
      expect(again.report.removals).toEqual(report.removals);
      expect(again.report.course).toEqual(report.course);
    }
  }, 240_000);

  it.each([{ parameters: 0.4 }, { parameters: 150_000 }, { channels: 0.5 }])(
    'meets %j',
    async (budget) => {
      const prune = { structure: { kind: 'channel' } };
      const recipe = recipeOf({ budget, prune, paradigm: 'magnitude-one-shot' });
      const { report } = await session(recipe, JSON.stringify(budget).replaceAll(/\W/g, '-'));
      const [promise] = report.promises;
      expect(Math.abs((promise?.after ?? 0) / (promise?.asked ?? 1) - 1)).toBeLessThanOrEqual(0.02);
    },
    120_000,
  );
});

describe('batch norms of a network that channels left', () => {
  it('get new statistics before it trains on, with the accuracy before and after', async () => {
    const prune = { structure: { kind: 'channel' }, recalibrate: true };
    const recipe = recipeOf({ network: 'resnet-20', narrow: 0.9, paradigm: 'magnitude-one-shot', prune });
    const { report } = await session(recipe, 'recalibrated');
    expect(report.course.map(({ label }) => label)).toEqual([
      'dense',
      'Remove channels',
      'Recalibrate without them',
      'Fine-tune, taught by the dense network',
      'Recalibrate batch norm',
    ]);
    expect(report.course[0]?.accuracy).toBe(report.dense?.accuracy);
    expect(report.course.at(-1)?.accuracy).toBe(report.compressed.accuracy);
  }, 120_000);
});

describe('scores without a run', () => {
  it('are cut off where the run would: a number is a share of the network at hand', async () => {
    const prune = { structure: { kind: 'channel' } };
    const budget = { parameters: 50_000 };
    const recipe = recipeOf({
      network: 'lenet-300-100',
      paradigm: 'snip',
      prune,
      budget,
      finetune: undefined,
    });
    const options = { recipe, baseFolder: scratch, device: 'onnxruntime', threads: 1 };
    const { masks, network } = await scoreRecipe(options, new Control(), () => undefined);
    const left = networkCost(applyCut(network, cutBy(masks, network)).network).parameters;
    expect(Math.abs(left / 50_000 - 1)).toBeLessThanOrEqual(0.02);
    const { layers, empty } = await forecastRecipe(options, new Control());
    expect(empty).toEqual([]);
    const fewer = layers.filter(({ kept, total }) => kept < total).map(({ name }) => name);
    expect(fewer).toEqual(expect.arrayContaining(['fc1.weight', 'fc2.weight', 'fc3.weight']));
  }, 60_000);
});

describe('a budget that cannot be met', () => {
  const network = zoo.get('lenet-300-100').build({ input: [1, 28, 28], classes: 10 });
  const check =
    (budget: Recipe['budget'], change: Partial<RecipeInput> = {}) =>
    () =>
      refuseUnreachable(recipeOf({ network: 'lenet-300-100', budget, ...change }), network);

  it('is refused with what can be reached and what stays', () => {
    expect(check({ macs: 0.5 })).not.toThrow();
    expect(check({ macs: 0.0001 })).toThrow(
      problemWith({ code: 'budget/unreachable', field: 'budget.macs' }),
    );
    const prune = { structure: { kind: 'channel' }, exclude: ['fc1.weight'] };
    // Its 784 x 300 weights cannot leave: 235,200 of 266,200 stay, and what reads them.
    expect(check({ macs: 0.5 }, { prune })).toThrow(
      problemWith({ message: expect.stringMatching(/keeps at least 8[89]\.\d+ % of the MACs/) as string }),
    );
  });

  it('is refused where single weights only become zero', () => {
    expect(() => planOf(recipeOf({ prune: { rounds: 1 } }))).toThrow(
      problemWith({ code: 'recipe/budget', field: 'budget.macs' }),
    );
  });
});
