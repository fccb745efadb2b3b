import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dataSource } from '../../main/contract/data.ts';
import { checkRecipe } from '../../main/engine/recipe/check.ts';
import { catalog } from '../../main/engine/recipe/catalog.ts';
import { demoRecipe, draftOf, withParadigm, type DraftRecipe } from '../../renderer/stores/draft-recipe.ts';
import { lineOfField, recipeText } from '../../renderer/text/recipe-text.ts';

const folder = new URL('../../resources/recipes/', import.meta.url);
const shipped = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

/** The recipe that a text gives, with its data in full: `digits` is short for `kind: digits`. */
function recipeOf(input: unknown) {
  const { recipe, problems } = checkRecipe(input);
  expect(problems).toEqual([]);
  return recipe && { ...recipe, data: dataSource(recipe.data) };
}

function draftOfText(text: string): DraftRecipe {
  const { recipe, problems } = checkRecipe(text);
  expect(problems).toEqual([]);
  if (recipe === null) throw new Error('no recipe');
  return draftOf(recipe);
}

describe('a recipe as text', () => {
  it.each(shipped)('%s, opened as a draft and written again, is the same recipe', (name) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    const written = recipeText(draftOfText(text));
    expect(recipeOf(written)).toEqual(recipeOf(text));
    expect(recipeText(draftOfText(written))).toBe(written);
  });

  it.each(catalog().paradigms.map((entry) => [entry.id, entry] as const))(
    'loses nothing of a draft with %s',
    (_id, entry) => {
      const draft = withParadigm({ ...demoRecipe, name: 'Ünï: "code" # no comment' }, entry, undefined);
      expect(recipeOf(recipeText(draft))).toEqual(recipeOf(draft));
    },
  );

  it('has its fields in the order of the format, whatever was changed last', () => {
    const { data, ...rest } = demoRecipe;
    expect(recipeText({ ...rest, data })).toBe(recipeText(demoRecipe));
  });

  it('finds the line of what is wrong', () => {
    const text = [
      '# A comment',
      'network: lenet-5',
      'data: { kind: digits,',
      '  limit: -1 }',
      'prune:',
      '  layers:',
      '    fc1: 0.1',
      '    fc1.weight: 7',
      '  exclude:',
      '    - first',
      '    - 3',
      'budget: { sparsity: 2 }',
    ].join('\n');
    const fields: [string | undefined, number | undefined][] = [
      ['network', 2],
      ['data.kind', 3],
      ['data.limit', 4],
      ['prune.layers.fc1.weight', 8],
      ['prune.layers.fc1', 7],
      ['prune.exclude[1]', 11],
      // What is missing is told at the innermost part that is there.
      ['prune.rounds', 5],
      ['data.path', 3],
      ['line 9, column 3', 9],
      ['paradigm', undefined],
      ['net', undefined],
      [undefined, undefined],
    ];
    for (const [field, line] of fields) expect(lineOfField(text, field), field).toBe(line);
    for (const { field } of checkRecipe(text).problems)
      if (field !== 'paradigm') expect(lineOfField(text, field), field).toBeGreaterThan(0);
  });

  it('finds a line in what is not YAML', () => {
    const text = 'network: lenet-5\nbudget: [1, 2\nparadigm: x';
    const [problem] = checkRecipe(text).problems;
    expect(problem?.code).toBe('recipe/syntax');
    expect(lineOfField(text, problem?.field)).toBeGreaterThan(1);
  });
});
