import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recipeSchema, type Recipe, type RecipeInput } from '../../../main/contract/recipe.ts';
import { baselineSchema, type Baseline } from '../../../main/contract/sweep.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { epochsOf } from '../../../main/engine/compress/framework.ts';
import { planOf } from '../../../main/engine/compress/plan/plan.ts';
import { readSafetensors } from '../../../main/engine/formats/safetensors/read.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { baselineRecipe } from '../../../main/engine/sweep/baseline-recipe.ts';
import { CHECKPOINT_FILE } from '../../../main/files/checkpoint-file.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';

const folder = temporaryFolder();

function recipeOf(change: Partial<RecipeInput> = {}): Recipe {
  return recipeSchema.parse({
    network: 'lenet-5-caffe',
    data: { kind: 'digits', train: 128, validation: 0, test: 40 },
    seed: 5,
    dense: { epochs: 2, batchSize: 32 },
    finetune: { epochs: 1, batchSize: 32 },
    paradigm: 'magnitude-iterative',
    prune: { structure: { kind: 'channel' }, rounds: 2, epochs: 1 },
    budget: { macs: 0.5 },
    export: ['safetensors'],
    ...change,
  });
}

/** A whole run: its report, the channels that stayed at every removal, and the values of its first layer. */
async function run(recipe: Recipe, name: string) {
  const own = join(folder, name);
  const options = {
    recipe,
    folder: own,
    baseFolder: folder,
    device: 'onnxruntime',
    threads: 1,
    resume: false,
  };
  const report = await runSession(options, new Control(), () => undefined);
  const read = (file: string) => readSafetensors(readFileSync(join(own, file)));
  const kept = JSON.parse(read(CHECKPOINT_FILE).metadata.run ?? '') as { removals: { left: object }[] };
  const { data } = read('weights.safetensors').tensors[0] ?? {};
  return { report, left: kept.removals.map(({ left }) => left), weights: data };
}

const trains = (recipe: Recipe) => planOf(recipe).filter(({ kind }) => kind === 'train');
const epochs = (recipe: Recipe) => trains(recipe).reduce((sum, stage) => sum + epochsOf(stage), 0);
const control = { structure: { kind: 'channel' }, control: 'scratch' } as const;

describe('the same small network from scratch', () => {
  it.each<[string, Partial<RecipeInput>]>([
    ['in rounds', {}],
    ['by growing penalties', { paradigm: 'greg-1', prune: { structure: { kind: 'channel' }, epochs: 2 } }],
    ['after rewinding', { paradigm: 'imp', finetune: undefined, prune: { structure: { kind: 'channel' } } }],
  ])('is drawn anew after the last removal %s, and trained once for all epochs', (_what, change) => {
    const recipe = recipeOf(change);
    const alone = recipeOf({ ...change, prune: { ...recipe.prune, control: 'scratch' } });
    const [plan, scratch] = [planOf(recipe), planOf(alone)];
    const cut = plan.findLastIndex(({ kind }) => kind === 'shrink') + 1;
    expect(scratch.slice(0, cut)).toEqual(plan.slice(0, cut));
    expect(scratch.slice(cut).map(({ id }) => id)).toEqual(['fresh', 'scratch', 'evaluate-compressed']);
    const last = trains(alone).at(-1);
    expect(last).toMatchObject({ spec: { ...recipe.dense, epochs: epochs(recipe) } });
  });

  it('counts no dense training that is only there to compare with', () => {
    const prune = { structure: { kind: 'channel' } };
    const recipe = recipeOf({
      paradigm: 'snip',
      prune: { ...prune, control: 'scratch' },
      finetune: undefined,
    });
    expect(trains(recipe).map(({ id, ...stage }) => [id, epochsOf({ id, ...stage })])).toEqual([
      ['dense', 2],
      ['scratch', 2],
    ]);
  });

  it('learns at a rate for weights without a past where the network came trained, and of the same teacher', () => {
    const came = { network: 'net.onnx', dense: undefined, paradigm: 'magnitude-one-shot', prune: control };
    const rateOf = (finetune: RecipeInput['finetune']) => {
      const last = trains(recipeOf({ ...came, finetune })).at(-1);
      return last?.kind === 'train' ? [last.spec.lr, last.spec.distill !== undefined] : [];
    };
    expect(rateOf({ epochs: 3, lr: 0.0005 })).toEqual([0.02, false]);
    expect(rateOf({ epochs: 3, lr: 0.1, distill: {} })).toEqual([0.1, true]);
    expect(rateOf({ epochs: 3, lr: 0.0001, optimizer: 'adam' })).toEqual([0.001, false]);
    expect(() => planOf(recipeOf({ ...came, finetune: undefined }))).toThrow(
      problemWith({ code: 'recipe/control', field: 'prune.control' }),
    );
  });

  it('is refused where no channel leaves', () => {
    const prune = { control: 'scratch' } as const;
    expect(() => planOf(recipeOf({ budget: { sparsity: 0.5 }, prune }))).toThrow(
      problemWith({ field: 'prune.control', remedy: expect.stringContaining('channel') as string }),
    );
  });
});

describe('free baselines of a run that takes out channels', () => {
  const of = (baseline: Baseline) => {
    const { recipe } = baselineRecipe(recipeOf(), baseline);
    if (recipe === null) throw new Error(`no ${baseline}`);
    return recipe;
  };

  it('have the same widths channel for channel, or meet the same MACs', async () => {
    const method = await run(recipeOf(), 'method');
    const scratch = await run(of('scratch'), 'scratch');
    expect(scratch.left).toEqual(method.left);
    expect(scratch.report.channels).toEqual(method.report.channels);
    expect(scratch.report.compressed.macs).toBe(method.report.compressed.macs);
    expect(scratch.report.dense?.accuracy).toBe(method.report.dense?.accuracy);
    expect(scratch.weights).not.toEqual(method.weights);
    const told = /^A control: .* trained for 4 epochs, as many as the method trains in all\.$/;
    expect(scratch.report.findings).toContainEqual(expect.stringMatching(told));
    expect(method.report.findings).not.toContainEqual(expect.stringMatching(told));

    for (const baseline of ['random', 'magnitude'] as const) {
      const { report } = await run(of(baseline), baseline);
      const half = (report.dense?.macs ?? 0) / 2;
      expect(Math.abs(report.compressed.macs / half - 1), baseline).toBeLessThanOrEqual(0.02);
      // The same share of every group, to the channels that are put back to come nearer.
      const shares = report.channels.map(({ kept, total }) => kept / total);
      expect(Math.max(...shares.slice(0, -1)) - Math.min(...shares.slice(0, -1)), baseline).toBeLessThan(
        0.15,
      );
    }
  }, 120_000);

  it('train as long as the method in all', () => {
    for (const baseline of baselineSchema.exclude(['narrow', 'scratch']).options) {
      expect(epochs(of(baseline)), baseline).toBe(epochs(recipeOf()));
    }
    // And what draws its weights anew after the pruning trains them for all of that.
    expect(trains(of('scratch')).at(-1)).toMatchObject({ spec: { epochs: epochs(recipeOf()) } });
  });
});
