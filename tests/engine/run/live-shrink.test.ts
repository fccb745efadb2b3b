import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recipeSchema, type Recipe, type RecipeInput } from '../../../main/contract/recipe.ts';
import type { Report } from '../../../main/contract/report.ts';
import { openScoring } from '../../../main/engine/ask/scoring.ts';
import { CancelledError, Control } from '../../../main/engine/base/control.ts';
import type { Stage } from '../../../main/engine/compress/framework.ts';
import { planOf } from '../../../main/engine/compress/plan/plan.ts';
import { networkCost } from '../../../main/engine/network/cost.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { Stop } from './stop.ts';

const scratch = temporaryFolder();
const EPOCHS = 4;
const structure = { kind: 'channel' };

function recipeOf(change: Partial<RecipeInput> = {}): Recipe {
  return recipeSchema.parse({
    network: 'lenet-5-caffe',
    narrow: 0.75,
    data: { kind: 'digits', train: 128, validation: 0, test: 40 },
    seed: 5,
    dense: { epochs: 1, batchSize: 16 },
    finetune: { epochs: 1, batchSize: 16, optimizer: 'adam', lr: 0.001 },
    paradigm: 'magnitude-gradual',
    prune: { structure, epochs: EPOCHS, updatesPerEpoch: 2 },
    budget: { macs: 0.4 },
    export: ['safetensors'],
    ...change,
  });
}

async function session(recipe: Recipe, name: string, resume = false, control = new Stop()) {
  const folder = join(scratch, name);
  const options = { recipe, folder, baseFolder: scratch, device: 'onnxruntime', threads: 1, resume };
  const report = await runSession(options, control, () => undefined);
  return { report, weights: readFileSync(join(folder, 'weights.safetensors')).toString('base64') };
}

/** Multiply-accumulates that one sample cost in each epoch of a training. */
const macsOf = ({ history }: Report) =>
  history.filter(({ name }) => name === 'macs').map(({ value }) => value);

describe('a network that gets smaller as it trains', () => {
  it('costs less from epoch to epoch, and is the same after a break anywhere', async () => {
    const recipe = recipeOf();
    const undisturbed = new Stop();
    const { report, weights } = await session(recipe, 'whole', false, undisturbed);
    const macs = macsOf(report);
    expect(macs).toHaveLength(EPOCHS);
    expect(macs[0]).toBe(report.dense?.macs);
    macs.slice(1).forEach((value, i) => expect(value).toBeLessThan(macs[i] as number));
    expect(report.compressed.macs).toBeLessThan(macs.at(-1) as number);
    const labels = report.removals.map(({ label }) => label);
    expect(labels).toEqual([
      'Prune while training, epoch 1',
      'Prune while training, epoch 2',
      'Prune while training, epoch 3',
      'Remove channels',
    ]);
    for (const { channels, difference } of report.removals) {
      expect(channels).toBeGreaterThan(0);
      expect(difference).toBeLessThanOrEqual(1e-4);
    }
    const spent = macs.reduce((sum, value) => sum + value, 0) / (EPOCHS * (macs[0] ?? NaN));
    expect(report.findings).toContainEqual(
      `Prune while training: as channels left on the way, its 4 epochs took ${Math.round(100 * spent)} % of the multiply-accumulates that the whole network would have taken.`,
    );
    const [promise] = report.promises;
    expect(Math.abs((promise?.after ?? 0) / (promise?.asked ?? 1) - 1)).toBeLessThanOrEqual(0.02);
    // In the second, third and fourth epoch of the pruning.
    for (const share of [0.45, 0.6, 0.75]) {
      const name = `stopped-${share}`;
      const stop = new Stop(Math.round(share * undisturbed.gates));
      await expect(session(recipe, name, false, stop)).rejects.toThrow(CancelledError);
      const again = await session(recipe, name, true);
      expect(again.weights).toBe(weights);
      expect(again.report.removals).toEqual(report.removals);
      expect(macsOf(again.report)).toEqual(macs);
    }
  }, 240_000);

  it('ends as the masked one does', async () => {
    const recipe = recipeOf({ budget: { sparsity: 0.6 } });
    const [live, masked] = [await endOf(recipe, true), await endOf(recipe, false)];
    expect(live.removals.length).toBeGreaterThan(1);
    expect(masked.removals).toHaveLength(1);
    // Only rounding is otherwise.
    for (const [name, { shape, data }] of masked.model.weights) {
      const own = live.model.weights.get(name);
      expect(own?.shape, name).toEqual(shape);
      const apart = data.reduce((most, w, i) => Math.max(most, Math.abs(w - (own?.data[i] ?? NaN))), 0);
      expect(apart, name).toBeLessThan(1e-3);
    }
    expect(networkCost(live.model.network).macs).toBe(networkCost(masked.model.network).macs);
  }, 120_000);

  it('loses the channels of an early-bird ticket for the rest of the training', async () => {
    const recipe = recipeOf({
      paradigm: 'early-bird',
      baseline: false,
      prune: { structure, criterion: 'magnitude' },
      budget: { sparsity: 0.5 },
      dense: { epochs: 4, batchSize: 16 },
      finetune: undefined,
    });
    const { report } = await session(recipe, 'early-bird');
    const macs = macsOf(report);
    // Drawn after half of the epochs at the latest, it is of use to what follows the epoch in which it is.
    expect(macs).toEqual([macs[0], macs[0], macs[0], report.compressed.macs]);
    expect(macs[0]).toBeGreaterThan(2 * report.compressed.macs);
    expect(report.removals.map(({ label }) => label)).toEqual(['Train and prune, epoch 3']);
  }, 60_000);
});

/** Where a plan up to its fine-tuning ends, with channels that leave as it trains or only afterwards. */
async function endOf(recipe: Recipe, live: boolean) {
  const stages = planOf(recipe)
    .filter(({ id }) => ['dense', 'prune', 'shrink'].includes(id))
    .map((stage): Stage => {
      if (live || stage.kind !== 'train') return stage;
      const { coupling: _left, ...whole } = stage;
      return whole;
    });
  const options = { recipe, baseFolder: scratch, device: 'onnxruntime', threads: 1 };
  const scoring = await openScoring(options, () => stages, new Control());
  await scoring.close();
  return scoring.context.data;
}

describe('a plan whose masks follow a schedule', () => {
  const couplingOf = (change: Partial<RecipeInput>) =>
    planOf(recipeOf(change)).map((stage) => (stage.kind === 'train' ? stage.coupling : undefined));

  it('takes channels out on the way, where there are some and what is pruned stays so', () => {
    const prune = { structure: { ...structure, grouped: 'whole' as const }, epochs: 1 };
    expect(couplingOf({ prune })).toContainEqual({ grouped: 'whole' });
    expect(couplingOf({ prune: { epochs: 1 }, budget: { sparsity: 0.5 } })).toEqual(
      expect.not.arrayContaining([expect.anything()]),
    );
    expect(couplingOf({ paradigm: 'greg-1', prune })).toEqual(
      expect.not.arrayContaining([expect.anything()]),
    );
  });
});
