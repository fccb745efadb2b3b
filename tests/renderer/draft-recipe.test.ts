import { describe, expect, it } from 'vitest';
import { catalog } from '../../main/engine/recipe/catalog.ts';
import { checkRecipe } from '../../main/engine/recipe/check.ts';
import { recipeSchema } from '../../main/contract/recipe.ts';
import { demoRecipe, draftOf, epochsOf, withParadigm } from '../../renderer/stores/draft-recipe.ts';

const { paradigms } = catalog();
const gradual = paradigms.find(({ id }) => id === 'magnitude-gradual');
if (gradual === undefined) throw new Error('no gradual pruning');

describe('the draft of a recipe', () => {
  it('is valid from the beginning', () => {
    expect(checkRecipe(demoRecipe).problems).toEqual([]);
  });

  it.each(paradigms.map((paradigm) => [paradigm.id, paradigm] as const))(
    'stays valid when %s is chosen',
    (_id, paradigm) => {
      expect(checkRecipe(withParadigm(demoRecipe, paradigm, gradual)).problems).toEqual([]);
    },
  );

  it('takes over the epochs a paradigm proposes, but keeps those a person set', () => {
    const next = { ...gradual, id: 'next', defaults: { dense: 30, pruneEpochs: 7, finetune: 8 } };
    const changed = { ...demoRecipe, dense: { epochs: 4, lr: 0.01 } };
    expect(withParadigm(changed, next, gradual)).toMatchObject({
      paradigm: 'next',
      dense: { epochs: 4, lr: 0.01 },
      finetune: { epochs: 8 },
    });
    const without = withParadigm(
      changed,
      { ...next, defaults: { ...next.defaults, finetune: null } },
      gradual,
    );
    expect('finetune' in without).toBe(false);
    expect(withParadigm(without, gradual, next).finetune).toEqual({ epochs: gradual.defaults.finetune });
  });

  it('of a run holds what a person chose, and gives the same complete recipe again', () => {
    const recipe = recipeSchema.parse({
      ...demoRecipe,
      name: 'A run',
      data: { kind: 'csv', path: '/data/iris.csv', label: 'species' },
      dense: { epochs: 3, lr: 0.2 },
    });
    const draft = draftOf(recipe);
    expect(draft.dense).toEqual({ epochs: 3, lr: 0.2 });
    expect(recipeSchema.parse(draft)).toEqual(recipe);
  });

  it('writes the bare word digits out, so that its options can be edited', () => {
    const recipe = recipeSchema.parse({ ...demoRecipe, data: 'digits' });
    expect(draftOf(recipe).data).toEqual({ kind: 'digits' });
  });

  it('counts the epochs of all stages, those the paradigm presets too', () => {
    expect(epochsOf(demoRecipe, gradual)).toBe(15 + (gradual.defaults.pruneEpochs ?? 0));
    expect(epochsOf({ ...demoRecipe, prune: { epochs: 1 } }, gradual)).toBe(16);
  });
});
