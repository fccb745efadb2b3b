import { describe, expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { planOf } from '../../../main/engine/compress/plan/plan.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { problemWith } from '../../support/problem.ts';

const base = zoo.get('lenet-300-100').build({ input: [1, 28, 28], classes: 10 });
const plan = (change: Partial<RecipeInput> = {}) =>
  planOf(
    recipeSchema.parse({
      network: 'lenet-300-100',
      data: 'digits',
      dense: { epochs: 2 },
      paradigm: 'layer-fusion',
      budget: { accuracyDrop: 1 },
      ...change,
    }),
    base,
  );
const kinds = (change?: Partial<RecipeInput>) => plan(change).map(({ kind }) => kind);

describe('the plan of fusions under a floor of accuracy', () => {
  it('judges every fusion that can be done, and what is fine-tuned after', () => {
    const round = ['fuse', 'train', 'judge-fusion'];
    const begin = ['train', 'evaluate', 'begin'];
    expect(kinds()).toEqual([...begin, ...round, ...round, 'settle-fusions', 'evaluate']);
    expect(kinds({ finetune: { epochs: 1 } })).toEqual([
      ...begin,
      ...round,
      ...round,
      'settle-fusions',
      'train',
      'confirm-fusions',
      'evaluate',
    ]);
    // No more fusions than the layers that are asked for take, and no attempts.
    expect(kinds({ budget: { layers: 2, accuracyDrop: 1 } })).toEqual([
      ...begin,
      ...round,
      'settle-fusions',
      'evaluate',
    ]);
    expect(plan().every(({ attempt }) => attempt === undefined)).toBe(true);
    expect(new Set(plan().map(({ id }) => id)).size).toBe(plan().length);
  });

  it('has none of that without a floor', () => {
    expect(kinds({ budget: { layers: 2 } })).toEqual(['train', 'evaluate', 'fuse', 'train', 'evaluate']);
  });

  it('refuses a control that trains for as long as fusions whose number shows on the way', () => {
    expect(() => plan({ prune: { control: 'reinitialize' } })).toThrow(
      problemWith({ code: 'recipe/control', field: 'prune.control' }),
    );
    expect(() => plan({ budget: { sparsity: 0.5, accuracyDrop: 1 } })).toThrow(
      problemWith({ code: 'recipe/budget', field: 'budget.sparsity' }),
    );
  });
});
