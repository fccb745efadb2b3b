import { expect, test } from 'vitest';
import { gridOutlook, expandGrid } from '../../main/engine/ask/grid.ts';
import { demoRecipe } from '../../renderer/stores/draft-recipe.ts';
import { gridOf, numbersIn } from '../../renderer/screens/sweeps/grid.ts';

const choice = {
  name: '',
  paradigms: ['magnitude-gradual', 'snip'],
  sparsities: '80, 95',
  seeds: '1 2',
  baselines: [],
};
const words = (id: string) => id.toUpperCase();

test('the draft varied is a grid: every method at every budget with every seed', () => {
  const { runs, problems } = expandGrid(gridOf(demoRecipe, choice, words));
  expect(problems).toEqual([]);
  expect(runs.map(({ recipe }) => [recipe.paradigm, recipe.budget.sparsity, recipe.seed])).toEqual([
    ['magnitude-gradual', 0.8, 1],
    ['snip', 0.8, 1],
    ['magnitude-gradual', 0.95, 1],
    ['snip', 0.95, 1],
    ['magnitude-gradual', 0.8, 2],
    ['snip', 0.8, 2],
    ['magnitude-gradual', 0.95, 2],
    ['snip', 0.95, 2],
  ]);
});

test("settings of the draft's method stay with it; what all methods share is shared", () => {
  const draft = { ...demoRecipe, prune: { scope: 'layerwise', exclude: ['fc3.weight'] } };
  const { runs } = expandGrid(gridOf(draft, choice, words));
  const [gradual, snip] = runs.map(({ recipe }) => recipe.prune);
  expect([gradual?.scope, snip?.scope === 'layerwise']).toEqual(['layerwise', false]);
  expect([gradual?.exclude, snip?.exclude]).toEqual([['fc3.weight'], ['fc3.weight']]);
});

test('series are called what people call the methods', () => {
  expect(gridOutlook(gridOf(demoRecipe, choice, words)).series).toEqual(['MAGNITUDE-GRADUAL', 'SNIP']);
});

test('the text of a grid is the same grid', () => {
  const { yaml, runs } = expandGrid(gridOf(demoRecipe, choice, words));
  expect(expandGrid(yaml).runs).toEqual(runs);
});

test('what is no number is named, and so is a budget that cannot be', () => {
  expect(numbersIn('80, many 9e1')).toEqual([80, 'many', 90]);
  expect(
    gridOutlook(gridOf(demoRecipe, { ...choice, sparsities: '80, many' }, words)).problems[0]?.field,
  ).toMatch(/^budgets/);
  const { runs, problems } = gridOutlook(gridOf(demoRecipe, { ...choice, sparsities: '120' }, words));
  expect([runs, problems[0]?.field]).toEqual([0, 'budgets[0]']);
  expect(gridOutlook(gridOf(demoRecipe, { ...choice, paradigms: [] }, words)).problems[0]?.field).toBe(
    'paradigms',
  );
});
