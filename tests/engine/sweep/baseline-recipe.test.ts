import { describe, expect, it } from 'vitest';
import { recipeSchema, type Recipe } from '../../../main/contract/recipe.ts';
import { baselineSchema, type Baseline } from '../../../main/contract/sweep.ts';
import { paradigms } from '../../../main/engine/compress/paradigms/index.ts';
import { structureMeant } from '../../../main/engine/compress/structures/meant.ts';
import { structures } from '../../../main/engine/compress/structures/index.ts';
import { planOf } from '../../../main/engine/compress/plan/plan.ts';
import { baselineRecipe } from '../../../main/engine/sweep/baseline-recipe.ts';
import { usualBudget } from '../../support/usual-budget.ts';

const recipeOf = (paradigm: string, structure?: string) => {
  const { defaults } = paradigms.get(paradigm);
  return recipeSchema.parse({
    name: 'Mine',
    network: 'lenet-300-100',
    data: 'digits',
    seed: 5,
    dense: { epochs: 4 },
    ...(defaults.finetune !== null && { finetune: { epochs: 3, lr: 0.01 } }),
    paradigm,
    budget: usualBudget(paradigm, 0.9),
    prune: {
      ...(defaults.pruneEpochs !== null && { epochs: 2 }),
      exclude: ['fc3.weight'],
      ...(structure && { structure: { kind: structure } }),
    },
  });
};

describe('a free baseline of a recipe', () => {
  it.each(paradigms.items.map(({ id }) => id))('there is every one for %s', (id) => {
    const recipe = recipeOf(id);
    const { point } = paradigms.get(id);
    const fuses = point.fuses === true;
    const leaves = fuses || structures.get(structureMeant(recipe.prune, point)).leaves === true;
    for (const baseline of baselineSchema.options) {
      // A smaller network is the one or the other's alone.
      if (baseline === (leaves ? 'narrow' : 'scratch')) {
        if (leaves) expect(() => baselineRecipe(recipe, baseline)).toThrow(/sparsity of weights/);
        else expect(baselineRecipe(recipe, baseline).problems[0]?.field).toBe('prune.control');
        continue;
      }
      const { recipe: made, problems } = baselineRecipe(recipe, baseline);
      // Masks leave as many layers as there were.
      if (fuses && (baseline === 'random' || baseline === 'magnitude')) {
        expect(problems).not.toEqual([]);
        continue;
      }
      expect(problems, baseline).toEqual([]);
      const { network, data, seed, dense } = recipe;
      expect(made).toMatchObject({ network, data, seed, dense });
      expect(made?.name).toMatch(/^Mine: Baseline: /);
    }
  });

  it('prunes at random, by magnitude in every layer alike, or not at all', () => {
    const recipe = recipeOf('magnitude-gradual');
    const of = (baseline: 'random' | 'magnitude' | 'longer' | 'narrow') =>
      baselineRecipe(recipe, baseline).recipe;
    expect(of('random')).toMatchObject({ paradigm: 'random-uniform', budget: { sparsity: 0.9 } });
    expect(of('magnitude')).toMatchObject({
      paradigm: 'magnitude-one-shot',
      prune: { scope: 'layerwise', exclude: ['fc3.weight'] },
      budget: { sparsity: 0.9 },
    });
    // Two epochs of pruning and three of fine-tuning are what the dense network gets too.
    expect(of('longer')).toMatchObject({ budget: { sparsity: 0 }, finetune: { epochs: 5, lr: 0.01 } });
    expect(of('narrow')).toMatchObject({ budget: { sparsity: 0 }, narrow: 0.9, prune: {} });
    expect(of('narrow')?.finetune).toBeUndefined();
  });

  const trained = (recipe: Recipe | null) => {
    const stages = recipe === null ? [] : planOf(recipe).filter((stage) => stage.kind === 'train');
    return stages.reduce((sum, stage) => sum + stage.spec.epochs - (stage.startEpoch ?? 0), 0);
  };

  it.each(['magnitude-gradual', 'greg-1', 'taylor', 'imp', 'bn-scale'])(
    'of a method that takes out whole channels, %s, is as long as the method and as small',
    (id) => {
      const recipe = recipeOf(id, 'channel');
      const of = (baseline: Baseline) => baselineRecipe(recipe, baseline).recipe;
      expect(of('random')).toMatchObject({
        paradigm: 'magnitude-one-shot',
        budget: { sparsity: 0.9 },
        prune: {
          criterion: 'random',
          scope: 'layerwise',
          structure: { kind: 'channel' },
          exclude: ['fc3.weight'],
        },
      });
      expect(of('magnitude')?.prune).toMatchObject({ criterion: 'magnitude', scope: 'layerwise' });
      expect(of('scratch')).toMatchObject({ paradigm: id, prune: { ...recipe.prune, control: 'scratch' } });
      for (const baseline of ['random', 'magnitude', 'longer'] as const) {
        expect(trained(of(baseline)), baseline).toBe(trained(recipe));
      }
    },
  );
});
