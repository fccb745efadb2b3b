import { describe, expect, it } from 'vitest';
import { recipeSchema } from '../../../main/contract/recipe.ts';
import { baselineSchema } from '../../../main/contract/sweep.ts';
import { paradigms } from '../../../main/engine/compress/paradigms/index.ts';
import { baselineRecipe } from '../../../main/engine/sweep/baseline-recipe.ts';

const recipeOf = (paradigm: string) => {
  const { defaults } = paradigms.get(paradigm);
  return recipeSchema.parse({
    name: 'Mine',
    network: 'lenet-300-100',
    data: 'digits',
    seed: 5,
    dense: { epochs: 4 },
    ...(defaults.finetune !== null && { finetune: { epochs: 3, lr: 0.01 } }),
    paradigm,
    budget: { sparsity: 0.9 },
    prune: { ...(defaults.pruneEpochs !== null && { epochs: 2 }), exclude: ['fc3.weight'] },
  });
};

describe('a free baseline of a recipe', () => {
  it.each(paradigms.items.map(({ id }) => id))('there is every one for %s', (id) => {
    const recipe = recipeOf(id);
    for (const baseline of baselineSchema.options) {
      const { recipe: made, problems } = baselineRecipe(recipe, baseline);
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
});
