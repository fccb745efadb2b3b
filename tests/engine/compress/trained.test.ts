import { describe, expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import type { Stage } from '../../../main/engine/compress/framework.ts';
import { paradigms } from '../../../main/engine/compress/paradigms/index.ts';
import { planOf } from '../../../main/engine/compress/plan/plan.ts';
import { keepsWeights } from '../../../main/engine/compress/plan/trained.ts';
import { checkRecipe } from '../../../main/engine/recipe/check.ts';
import { usualBudget } from '../../support/usual-budget.ts';

const base: RecipeInput = {
  network: 'net.onnx',
  data: 'digits',
  paradigm: 'magnitude-one-shot',
  budget: { sparsity: 0.5 },
  finetune: { epochs: 2 },
};
const plan = (change: Partial<RecipeInput>) => planOf(recipeSchema.parse({ ...base, ...change }));
const ids = (stages: readonly Stage[]) => stages.map(({ id }) => id);

describe('a network that comes trained', () => {
  it.each(paradigms.items.map((paradigm) => [paradigm.id, paradigm] as const))(
    'is measured as it comes by %s before anything happens to it',
    (id, { point, defaults }) => {
      const needsDense = point.train === 'rewound' || point.maskFrom !== 'trained';
      const stages = plan({
        paradigm: id,
        budget: usualBudget(id, 0.5),
        ...(needsDense && { dense: { epochs: 3 } }),
      });
      expect(stages[0]).toMatchObject({ kind: 'evaluate' });
      const throwsAway = stages.some(
        (stage) => stage.kind === 'restore' && (stage.id === 'drawn' || stage.from === 'edge-of-chaos'),
      );
      expect(throwsAway).toBe(!keepsWeights(point));
      // Where its weights are thrown away, no training happens before new ones are drawn.
      const drawn = stages.findIndex(({ kind }) => kind === 'restore');
      if (throwsAway) expect(stages.slice(0, drawn).every(({ kind }) => kind === 'evaluate')).toBe(true);
      expect(stages.some((stage) => stage.kind === 'restore' && stage.from === 'init')).toBe(false);
      if (point.maskFrom !== 'trained') expect(ids(stages)).not.toContain('dense');
      expect(defaults).toBeDefined();
    },
  );

  it('is trained again only if one asks for it, beside the file', () => {
    expect(ids(plan({}))).toEqual(['evaluate-dense', 'prune', 'finetune', 'evaluate-compressed']);
    expect(ids(plan({ dense: { epochs: 3 } }))).toEqual([
      'evaluate-original',
      'dense',
      'evaluate-dense',
      'prune',
      'finetune',
      'evaluate-compressed',
    ]);
    expect(ids(plan({ network: 'lenet-300-100', weights: 'w.npz' }))).toEqual(ids(plan({})));
    expect(ids(plan({ network: 'lenet-300-100', dense: { epochs: 3 } }))[0]).toBe('dense');
  });

  it('keeps its file beside the tickets that are found in weights drawn anew', () => {
    const stages = ids(plan({ paradigm: 'imp', dense: { epochs: 3 }, finetune: undefined }));
    expect(stages.slice(0, 4)).toEqual(['evaluate-original', 'drawn', 'dense', 'evaluate-dense']);
    expect(ids(plan({ paradigm: 'lr-rewinding', dense: { epochs: 3 } }))).not.toContain('dense');
  });

  it('is gone on with at a low rate, unless the recipe says another', () => {
    const rates = (change: Partial<RecipeInput>) => {
      const { recipe, problems } = checkRecipe({ ...base, ...change });
      expect(problems).toEqual([]);
      return [recipe?.dense?.lr, recipe?.finetune?.lr];
    };
    expect(rates({ dense: { epochs: 1 } })).toEqual([0.0005, 0.0005]);
    expect(rates({ finetune: { epochs: 1, optimizer: 'adam' } })).toEqual([undefined, 0.0001]);
    expect(rates({ finetune: { epochs: 1, lr: 0.1 } })).toEqual([undefined, 0.1]);
    expect(rates({ network: 'lenet-300-100', dense: { epochs: 1 } })).toEqual([0.02, 0.02]);
    expect(rates({ network: 'lenet-300-100', weights: 'w.npz' })).toEqual([undefined, 0.0005]);
    expect(rates({ paradigm: 'snip', dense: { epochs: 1 }, finetune: undefined })).toEqual([0.02, undefined]);
    expect(rates({ prune: { control: 'reinitialize' } })).toEqual([undefined, 0.02]);
  });
});
