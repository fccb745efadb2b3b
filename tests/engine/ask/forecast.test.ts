import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { FEW_WEIGHTS, forecastSchema } from '../../../main/contract/forecast.ts';
import { recipeSchema, type Recipe, type RecipeInput } from '../../../main/contract/recipe.ts';
import { countKept } from '../../../main/engine/compress/masks.ts';
import { paradigms } from '../../../main/engine/compress/paradigms/index.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { forecastRecipe } from '../../../main/engine/ask/forecast.ts';
import { scoreRecipe } from '../../../main/engine/ask/score.ts';
import { usualBudget } from '../../support/usual-budget.ts';

function recipeOf(change: Partial<RecipeInput>): Recipe {
  const { defaults } = paradigms.get(change.paradigm ?? '');
  return recipeSchema.parse({
    network: 'lenet-300-100',
    data: { kind: 'digits', train: 200, validation: 0, test: 10 },
    seed: 3,
    dense: { epochs: 1 },
    ...(defaults.finetune !== null && { finetune: { epochs: 1 } }),
    budget: usualBudget(change.paradigm ?? '', 0.95),
    ...change,
  });
}
const options = (recipe: Recipe) => ({ recipe, baseFolder: '.', device: 'onnxruntime', threads: 1 });
const forecast = (change: Partial<RecipeInput>) => forecastRecipe(options(recipeOf(change)), new Control());

describe('a forecast', () => {
  it.each<[string, RecipeInput['prune']]>([
    ['random-uniform', {}],
    ['magnitude-at-init', {}],
    ['snip', {}],
    ['force', { rounds: 3 }],
    ['synflow', { rounds: 1 }],
    ['synflow', { schedule: 'linear', rounds: 3 }],
    ['sbp', {}],
    ['snip', { control: 'invert' }],
    ['rigl', {}],
  ])('of pruning at initialisation is what the run does, exactly: %s %o', async (paradigm, prune) => {
    for (const protect of [false, true]) {
      const recipe = recipeOf({ paradigm, prune: { ...prune, protect } });
      const { masks } = await scoreRecipe(options(recipe), new Control(), () => undefined);
      const found = await forecastRecipe(options(recipe), new Control());
      expect(found.basis).toBe('exact');
      const counts = [...masks].map(([name, mask]) => [name, countKept(mask)]);
      expect(found.layers.map((layer) => [layer.name, protect ? layer.protected : layer.kept])).toEqual(
        counts,
      );
    }
  });

  it('names the layers that would be emptied or nearly so, and what protection would do', async () => {
    const found = await forecast({ paradigm: 'synflow', prune: { rounds: 1 } });
    expect(found.empty).toEqual(['fc1.weight']);
    expect(found.layers[0]).toMatchObject({ kept: 0, protected: 1 });
    expect(found.words[0]).toMatchObject({ level: 'warning' });
    expect(found.words[0]?.text).toMatch(/fc1\.weight; protection keeps the best weight/);
    const bare = await forecast({ paradigm: 'synflow', prune: { rounds: 1, protect: false } });
    expect(bare.words[0]?.text).toMatch(/no signal would pass\. Protection \(prune\.protect\)/);

    const random = await forecast({ paradigm: 'random-uniform', budget: { sparsity: 0.99 } });
    expect(random.few).toEqual(['fc3.weight']);
    expect(random.layers.at(-1)?.kept).toBe(FEW_WEIGHTS);
    expect(random.classes.length).toBeGreaterThan(0);
    expect(random.words.map(({ text }) => text).join()).toContain(random.classes.join(', '));

    const easy = await forecast({ paradigm: 'random-uniform', budget: { sparsity: 0.5 } });
    expect(easy.words.map(({ level }) => level)).toEqual(['info', 'info']);
  });

  it('of trained networks holds where the scope decides alone, and says where it does not', async () => {
    const fixed = await forecast({ paradigm: 'taylor', prune: { scope: 'layerwise' } });
    expect(fixed.basis).toBe('shares');
    expect(fixed.layers.map(({ kept }) => kept)).toEqual([11_760, 1_500, 50]);
    const ranked = await forecast({ paradigm: 'imp' });
    expect(ranked.basis).toBe('present');
    expect(ranked.sparsity).toBe(0.95);
    expect(ranked.words.at(-1)?.text).toMatch(/as they are now/);
  });

  it.each(paradigms.items.map(({ id, point }) => [id, point] as const))(
    'is there for %s',
    async (id, point) => {
      const network = point.criterion === 'bn-scale' ? 'vgg-like' : 'lenet-300-100';
      const fractions: number[] = [];
      const recipe = recipeOf({ paradigm: id, network, ...(id === 'synflow' && { prune: { rounds: 4 } }) });
      const progress = (fraction: number) => fractions.push(fraction);
      const found = await forecastRecipe({ ...options(recipe), progress }, new Control());
      expect(forecastSchema.parse(found)).toEqual(found);
      expect(found.protect).toBe(true);
      if (point.fuses === true) expect(found.words.map(({ text }) => text).join()).toContain('fusions');
      else expect(found.layers.reduce((sum, layer) => sum + layer.protected, 0)).toBeGreaterThan(0);
      expect(fractions.at(-1)).toBe(1);
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    },
  );

  it('goes with the scores of a recipe', async () => {
    const recipe = recipeOf({ paradigm: 'synflow', prune: { rounds: 1 } });
    const { forecast: found } = await scoreRecipe(options(recipe), new Control(), () => undefined);
    const { data: _read, ...alone } = await forecastRecipe(options(recipe), new Control());
    expect(found).toEqual(alone);
  });
});
