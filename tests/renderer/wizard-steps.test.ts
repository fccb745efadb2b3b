import { expect, test } from 'vitest';
import { pruneSpecSchema, recipeSchema } from '../../main/contract/recipe.ts';
import { stepOf } from '../../renderer/screens/wizard/steps.ts';

test('every problem has a step where it is mended: the one with the field, or the last', () => {
  const at = (field?: string) => stepOf(field).id;
  expect(at('budget.sparsity')).toBe('goal');
  expect(at('paradigm')).toBe('method');
  expect(at('prune')).toBe('method');
  expect(at('prune.criterion')).toBe('method');
  expect(at('prune.dynamics.every')).toBe('method');
  expect(at('prune.exclude[0]')).toBe('layers');
  expect(at('prune.layers.fc1.weight')).toBe('layers');
  expect(at('prune.structure.kind')).toBe('layers');
  // Fields that only begin with the same letters are others.
  expect(at('prune.epochs')).toBe('training');
  expect(at('prune.epsilon')).toBe('layers');
  expect(at('network')).toBe('network');
  expect(at('networks')).toBe('review');
  expect(at('line 3, column 4')).toBe('review');
  expect(at()).toBe('review');
  const own = ['version', 'name', 'seed', 'baseline', 'export', 'exportHead', 'logs', 'card'];
  for (const field of Object.keys(recipeSchema.shape))
    expect(at(field) === 'review', field).toBe(own.includes(field));
  for (const field of Object.keys(pruneSpecSchema.shape)) expect(at(`prune.${field}`)).not.toBe('review');
});
