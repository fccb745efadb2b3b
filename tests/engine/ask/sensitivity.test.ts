import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { recipeSchema } from '../../../main/contract/recipe.ts';
import { sensitivitySchema, type Sensitivity } from '../../../main/contract/sensitivity.ts';
import { CancelledError, Control } from '../../../main/engine/base/control.ts';
import { sensitivityOf, type SensitivityOptions } from '../../../main/engine/ask/sensitivity.ts';
import type { ShareBound } from '../../../main/engine/ask/share-bounds.ts';
import { planOf } from '../../../main/engine/compress/plan/plan.ts';
import { solvedRecipe } from '../../../main/engine/ask/solved-recipe.ts';
import { sensitivityPage } from '../../../main/engine/report/sensitivity-page.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { temporaryFolder } from '../../support/folder.ts';

const scratch = temporaryFolder();
const recipe = recipeSchema.parse({
  network: 'lenet-5-caffe',
  data: { kind: 'digits', train: 600, validation: 200, test: 50 },
  dense: { epochs: 2 },
  paradigm: 'magnitude-one-shot',
  budget: { sparsity: 0.6 },
});
const options: SensitivityOptions = {
  recipe,
  baseFolder: scratch,
  device: 'onnxruntime',
  threads: 1,
  samples: 150,
  shares: [0.3, 0.9],
  progress: () => Promise.resolve(),
};
const { sensitivity, network } = await sensitivityOf(options, new Control());

describe('what each layer may lose', () => {
  it('is measured for every layer at every share, with the error of paired differences', () => {
    expect(sensitivitySchema.parse(JSON.parse(JSON.stringify(sensitivity)))).toEqual(sensitivity);
    expect(sensitivity.groups.map(({ name }) => name)).toEqual([
      'conv1.weight',
      'conv2.weight',
      'fc1.weight',
      'fc2.weight',
    ]);
    expect(sensitivity.samples).toBe(150);
    for (const { units, points } of sensitivity.groups) {
      expect(points.map(({ share }) => share)).toEqual([0.3, 0.9]);
      for (const { share, removed, lost } of points) {
        expect(removed).toBe(units - Math.round((1 - share) * units));
        // Of 150 answers with differences of -1, 0 or 1.
        expect(lost.mean * 150).toBeCloseTo(Math.round(lost.mean * 150), 6);
        expect(lost.error).toBeLessThanOrEqual(1 / Math.sqrt(149));
      }
    }
    const rise = (name: string, i: number) =>
      sensitivity.groups.find((group) => group.name === name)?.points[i]?.rise.mean ?? 0;
    expect(rise('fc1.weight', 0)).toBeLessThan(rise('fc2.weight', 1));
  });

  it('looks at samples of all classes where a file has one class after the other', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => `0.5,0.5,0.5,${i < 200 ? 'a' : 'b'}`);
    writeFileSync(`${scratch}/sorted.csv`, ['x,y,z,label', ...rows].join('\n'));
    const sorted = recipeSchema.parse({
      network: 'lenet-300-100',
      data: { kind: 'csv', path: 'sorted.csv', validation: 0.5 },
      dense: { epochs: 1 },
      paradigm: 'magnitude-one-shot',
      budget: { sparsity: 0.5 },
    });
    const found = await sensitivityOf({ ...options, recipe: sorted, samples: 40 }, new Control());
    // All samples are alike, so that one class is answered for all of them.
    const { accuracy } = found.sensitivity.whole;
    expect(accuracy).toBeGreaterThan(0.2);
    expect(accuracy).toBeLessThan(0.8);
  });

  it('is what a run at these shares loses', async () => {
    const layers = { 'conv1.weight': 0, 'conv2.weight': 0.9, 'fc1.weight': 0 };
    const total = 500 + 25_000 + 400_000 + 5000;
    const at = recipeSchema.parse({
      ...recipe,
      data: { kind: 'digits', train: 600, validation: 200, test: 50 },
      prune: { layers },
      budget: { sparsity: 22_500 / total },
      finetune: { epochs: 0 },
    });
    const session = { recipe: at, folder: `${scratch}/run`, baseFolder: scratch, device: 'onnxruntime', threads: 1, resume: false }; // prettier-ignore
    const { compressed, dense } = await runSession(session, new Control(), () => undefined);
    const point = sensitivity.groups[1]?.points[1];
    // Other samples, the test part's, of which there are few.
    const lost = (dense?.accuracy ?? 0) - compressed.accuracy;
    const error = Math.hypot(point?.lost.error ?? 0, Math.sqrt(0.25 / 50));
    expect(Math.abs(lost - (point?.lost.mean ?? 0))).toBeLessThan(4 * error);
  });

  it('is taken over where it was measured, and goes on where it stopped', async () => {
    let sofar: Sensitivity | undefined;
    const control = new Control();
    const stopped = sensitivityOf(
      {
        ...options,
        progress: async (now, fraction) => {
          sofar = structuredClone(now);
          if (fraction >= 0.5) control.cancel();
        },
      },
      control,
    );
    await expect(stopped).rejects.toThrow(CancelledError);
    expect(sofar?.groups[3]?.points).toEqual([]);
    const again = await sensitivityOf({ ...options, known: sofar }, new Control());
    expect(again.sensitivity).toEqual(sensitivity);
  });

  it('gives shares that meet the budget, for a recipe that says so', () => {
    const solved = solvedRecipe(recipe, network, sensitivity);
    expect(solved.recipe.budget.sparsity).toBeGreaterThanOrEqual(0.6);
    expect(solved.recipe.budget.sparsity).toBeLessThan(0.62);
    expect(solved.loss).toBeGreaterThanOrEqual(solved.bound - 1e-12);
    expect(Object.keys(solved.recipe.prune.layers ?? {})).toHaveLength(3);
    expect(() => solvedRecipe({ ...recipe, budget: { sparsity: 0.95 } }, network, sensitivity)).toThrow(
      /No shares that were measured/,
    );
  });

  it('keeps a cap and a floor of every layer, or of named ones, to the weight', () => {
    const bounds = {
      cap: { every: 0.65, named: { 'conv2.weight': 0.1 } },
      floor: { named: { 'fc2.weight': 0.3 } },
    };
    const { recipe: solved, shares } = solvedRecipe(recipe, network, sensitivity, bounds);
    expect(shares.get('conv2.weight')).toBeLessThanOrEqual(0.1 + 1e-9);
    expect(shares.get('fc2.weight')).toBeGreaterThanOrEqual(0.3 - 1e-9);
    for (const share of shares.values()) expect(share).toBeLessThanOrEqual(0.65 + 1e-9);
    expect(solved.budget.sparsity).toBeGreaterThanOrEqual(0.6);
    expect(() => planOf(solved)).not.toThrow();
    // A recipe's own cap stands for all, and what was solved has it in its shares.
    const capped = solvedRecipe({ ...recipe, prune: { cap: 0.65 } }, network, sensitivity);
    for (const share of capped.shares.values()) expect(share).toBeLessThanOrEqual(0.65 + 1e-9);
    expect(capped.recipe.prune.cap).toBeUndefined();
    expect(() => planOf(capped.recipe)).not.toThrow();
  });

  it('refuses caps below the budget, floors above caps, names that no layer has, and methods that search themselves', () => {
    const solve = (cap: ShareBound, floor: ShareBound) => () =>
      solvedRecipe(recipe, network, sensitivity, { cap, floor });
    expect(() => solvedRecipe({ ...recipe, paradigm: 'amc' }, network, sensitivity)).toThrow(
      /searches for the share of every layer by itself/,
    );
    const none = { named: {} };
    expect(solve({ every: 0.3, named: {} }, none)).toThrow(/No shares that were measured/);
    expect(solve(none, { named: { 'fc9.weight': 0.5 } })).toThrow(/'fc9.weight' is no layer/);
    expect(solve({ every: 0.2, named: {} }, { named: { 'fc2.weight': 0.3 } })).toThrow(
      /at least 0.3 must go and at most 0.2 may/,
    );
  });

  it('keeps limits of the budget in the recipe, and refuses what else it asks for', () => {
    const limited = { ...recipe, budget: { sparsity: 0.6, accuracyDrop: 2, time: 60 } };
    expect(solvedRecipe(limited, network, sensitivity).recipe.budget).toMatchObject({
      accuracyDrop: 2,
      time: 60,
    });
    const both = { ...recipe, budget: { sparsity: 0.6, macs: 0.5 } };
    expect(() => solvedRecipe(both, network, sensitivity)).toThrow(/one amount that can be counted/);
  });

  it('is drawn as a page of its own that runs nothing', () => {
    const page = sensitivityPage(sensitivity, '<b>mine</b>');
    expect(page).toContain('&lt;b&gt;mine');
    expect(page.match(/<figure/g)).toHaveLength(4);
    expect(page).not.toContain('<script');
    expect(page).not.toContain('NaN');
  });
});
