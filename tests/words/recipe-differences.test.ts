import { expect, it } from 'vitest';
import { recipeSchema } from '../../main/contract/recipe.ts';
import { recipeDifferences } from '../../main/words/recipe-differences.ts';

const recipe = (change: object) =>
  recipeSchema.parse({
    network: 'lenet-300-100',
    data: 'digits',
    dense: { epochs: 4 },
    paradigm: 'snip',
    budget: { sparsity: 0.9 },
    ...change,
  });

it('names only what differs, by its place in the recipe', () => {
  const found = recipeDifferences(
    [recipe({}), recipe({ dense: { epochs: 5 }, seed: 2 }), recipe({ prune: { exclude: ['a', 'b'] } })],
    new Set(['seed']),
  );
  expect(found).toEqual([
    { field: 'dense.epochs', values: ['4', '5', '4'] },
    { field: 'prune.exclude', values: ['', '', 'a, b'] },
  ]);
});

it('writes lists of objects as they are', () => {
  const logs = recipe({ logs: [{ kind: 'mlflow', server: 'http://localhost:5000' }] });
  const [found] = recipeDifferences([recipe({}), logs]);
  expect(found?.values[1]).toContain('http://localhost:5000');
});

it('finds nothing between equals', () => {
  expect(recipeDifferences([recipe({}), recipe({})], new Set())).toEqual([]);
});
