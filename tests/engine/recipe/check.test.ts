import { describe, expect, it } from 'vitest';
import { catalog } from '../../../main/engine/recipe/catalog.ts';
import { checkRecipe } from '../../../main/engine/recipe/check.ts';
import { recipeJsonSchema } from '../../../main/engine/recipe/json-schema.ts';
import { parseRecipeText } from '../../../main/engine/recipe/parse.ts';
import { suggest } from '../../../main/engine/recipe/suggest.ts';
import { usualBudget } from '../../support/usual-budget.ts';

const valid = {
  network: 'lenet-300-100',
  data: 'digits',
  dense: { epochs: 10 },
  paradigm: 'magnitude-gradual',
  budget: { sparsity: 0.9 },
};

/** The only problem of a recipe. */
function problem(changes: Record<string, unknown>) {
  const { recipe, problems } = checkRecipe({ ...valid, ...changes });
  expect(recipe).toBeNull();
  expect(problems).toHaveLength(1);
  return problems[0];
}

describe('checkRecipe', () => {
  it('fills in defaults of a valid recipe, given as a value, as YAML and as JSON with tabs', () => {
    const yaml = `network: lenet-300-100 # a comment\ndata: digits\ndense: {epochs: 10}\nparadigm: magnitude-gradual\nbudget:\n  sparsity: 0.9\n`;
    const results = [valid, yaml, JSON.stringify(valid, null, '\t')].map((input) => checkRecipe(input));
    for (const { recipe, problems } of results) {
      expect(problems).toEqual([]);
      expect(recipe).toMatchObject({ ...valid, seed: 1, dense: { lr: 0.02 } });
    }
  });

  it('takes a bare number of a budget for a sparsity, and refuses one as it refuses a sparsity', () => {
    const { recipe } = checkRecipe({ ...valid, budget: 0.85 });
    expect(recipe).toEqual(checkRecipe({ ...valid, budget: { sparsity: 0.85 } }).recipe);
    expect(checkRecipe(recipe).recipe).toEqual(recipe);
    expect(problem({ budget: 90 })).toMatchObject({
      field: 'budget',
      message: 'This is 90; it must be at most 0.9999.',
      remedy: 'Write percent as a fraction: 0.9 for 90 %.',
    });
    expect(problem({ budget: { sparsity: 0.9, channel: 0.5 } })).toMatchObject({
      field: 'budget.channel',
      remedy: expect.stringContaining("'channels'") as string,
    });
  });

  it('names a misspelt field and what was meant', () => {
    expect(problem({ dense: { epochs: 10, learningrate: 1 } })).toMatchObject({
      field: 'dense.learningrate',
    });
    expect(problem({ dense: { epochs: 10, optimiser: 'sgd' } })).toMatchObject({
      code: 'recipe/unknown-field',
      field: 'dense.optimiser',
      remedy: expect.stringMatching(/Did you mean 'optimizer'\?.*epochs, batchSize/) as string,
      kind: 'input',
    });
    expect(problem({ buget: {} })).toMatchObject({ field: 'buget' });
    expect(problem({ data: { kind: 'idx', path: 'x', normalise: 'unit' } })?.remedy).toContain("'normalize'");
  });

  it('says what was found and what is allowed', () => {
    expect(problem({ budget: { sparsity: 90 } })).toMatchObject({
      field: 'budget.sparsity',
      message: 'This is 90; it must be at most 0.9999.',
      remedy: 'Write percent as a fraction: 0.9 for 90 %.',
    });
    expect(problem({ budget: {} })).toMatchObject({
      field: 'budget',
      message:
        'A budget is of one or several of sparsity, parameters, macs, channels, layers, memory, bytes, latency, accuracyDrop.',
    });
    expect(problem({ budget: { bytes: { kept: 0.5, format: 'zip' } } })?.field).toBe('budget.bytes.format');
    expect(problem({ budget: { macs: 1.5 } })).toMatchObject({
      field: 'budget.macs',
      message: 'A share is at most 1, and a number is whole.',
    });
    expect(problem({ budget: { macs: 0.5 } })).toMatchObject({
      code: 'recipe/budget',
      field: 'budget.macs',
      message: 'Weights that become zero leave the MACs as they are.',
    });
    expect(problem({ dense: { epochs: 'ten' } })).toMatchObject({
      field: 'dense.epochs',
      message: "This is the text 'ten'; it must be a number.",
    });
    expect(problem({ dense: { epochs: 1, optimizer: 'adamm' } })?.remedy).toBe("Did you mean 'adam'?");
    expect(problem({ export: ['onnx', 'safetensor'] })).toMatchObject({
      field: 'export[1]',
      remedy: "Did you mean 'safetensors'?",
    });
    expect(problem({ seed: 1.5 })?.message).toBe('This is 1.5; it must be a whole number.');
    expect(problem({ budget: undefined })).toMatchObject({
      field: 'budget',
      message: 'This field is missing.',
    });
  });

  it('knows what papers and other tools call a thing', () => {
    const remedy = (recipe: Record<string, unknown>) => problem(recipe)?.remedy;
    expect(remedy({ prune: { criterion: 'l1' } })).toMatch(/^Did you mean 'magnitude'\? There are: /);
    expect(remedy({ prune: { structure: { kind: 'Structured' } } })).toMatch(/^Did you mean 'channel'\?/);
    expect(remedy({ paradigm: 'lottery_ticket' })).toMatch(/^Did you mean 'imp'\?/);
    expect(remedy({ paradigm: 'FuseInit' })).toMatch(/^Did you mean 'layer-fusion'\?/);
  });

  it('looks into the form of data that was meant', () => {
    expect(problem({ data: 'digit' })).toMatchObject({ field: 'data', remedy: "Did you mean 'digits'?" });
    expect(problem({ data: { kind: 'idxx' } })).toMatchObject({
      field: 'data.kind',
      remedy: "Did you mean 'idx'?",
    });
    expect(problem({ data: {} })).toMatchObject({ field: 'data.kind', message: 'This field is missing.' });
    expect(problem({ data: { kind: 'idx' } })).toMatchObject({ field: 'data.path', code: 'recipe/missing' });
    expect(problem({ data: { kind: 'digits', augment: { flip: 1 } } })).toMatchObject({
      field: 'data.augment.flip',
      message: 'This is 1; it must be true or false.',
    });
    const both = checkRecipe({ ...valid, data: { kind: 'idx', pth: 'x' } }).problems;
    expect(both.map(({ field }) => field).sort()).toEqual(['data.path', 'data.pth']);
    expect(problem({ data: 7 })?.message).toBe(
      'This is 7; it must be the word digits or an object with a kind.',
    );
  });

  it('checks names against the registries', () => {
    expect(problem({ network: 'lenet-300-10' })).toMatchObject({
      code: 'recipe/unknown-name',
      field: 'network',
      remedy: expect.stringContaining("Did you mean 'lenet-300-100'?") as string,
    });
    expect(problem({ paradigm: 'magnitude_gradual' })?.remedy).toContain("'magnitude-gradual'");
    expect(problem({ prune: { criterion: 'magnitud' } })).toMatchObject({ field: 'prune.criterion' });
    expect(problem({ prune: { scope: 'local' } })?.remedy).toContain('espalier list scopes');
    expect(problem({ prune: { schedule: 'cubik' } })?.remedy).toContain("'cubic'");
    expect(checkRecipe({ ...valid, network: './mine.onnx' }).problems).toEqual([]);
  });

  it('knows every name that the catalog lists, and accepts every network and paradigm as they come', () => {
    const { networks, paradigms, criteria, scopes, schedules } = catalog();
    for (const { id } of networks) expect(checkRecipe({ ...valid, network: id }).problems).toEqual([]);
    for (const { id } of paradigms) {
      const given = { ...valid, paradigm: id, budget: usualBudget(id, 0.9) };
      expect(checkRecipe(given).problems, id).toEqual([]);
    }
    // A name may still not go with the rest of this recipe: that is another problem.
    const codes = (prune: Record<string, string>) =>
      checkRecipe({ ...valid, prune }).problems.map((found) => found.code);
    for (const { id } of criteria) expect(codes({ criterion: id })).not.toContain('recipe/unknown-name');
    for (const { id } of scopes) expect(codes({ scope: id })).not.toContain('recipe/unknown-name');
    for (const { id } of schedules) expect(codes({ schedule: id })).not.toContain('recipe/unknown-name');
  });

  it('reports all problems at once, with the file', () => {
    const { problems } = checkRecipe('network: 3\nsede: 1\n', 'my.yaml');
    expect(problems.map((found) => found.field).sort()).toEqual([
      'budget',
      'data',
      'network',
      'paradigm',
      'sede',
    ]);
    expect(problems.every((found) => found.file === 'my.yaml')).toBe(true);
  });

  it('refuses what is no recipe at all', () => {
    for (const input of ['', 'hello', '[]', '3', null, undefined]) {
      expect(checkRecipe(input).problems[0]?.message).toMatch(/it must be an object|is missing/);
    }
  });
});

describe('parseRecipeText', () => {
  it('names file, line and column of a syntax error', () => {
    expect(() => parseRecipeText('a: 1\nb: [1, 2\n', 'bad.yaml')).toThrow(
      expect.objectContaining({
        problem: expect.objectContaining({
          file: 'bad.yaml',
          field: expect.stringMatching(/^line 3/) as string,
        }) as unknown,
      }) as Error,
    );
    expect(() => parseRecipeText('a: 1\na: 2')).toThrow(/unique/);
  });

  it('stays bounded on hostile text', () => {
    const bomb = ['a: &a [1,1,1,1,1,1,1,1,1,1]'];
    for (let i = 1; i < 10; i++) {
      const [to, from] = [String.fromCharCode(97 + i), String.fromCharCode(96 + i)];
      bomb.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(',')}]`);
    }
    expect(() => parseRecipeText(bomb.join('\n'))).toThrow(/alias/i);
    expect(() => parseRecipeText('x'.repeat(2_000_000))).toThrow(/too long/);
    const value = parseRecipeText('{"__proto__": {"polluted": true}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(checkRecipe(value).recipe).toBeNull();
  });
});

describe('suggest', () => {
  it('forgives two slips and abbreviations, not more', () => {
    const names = ['magnitude-gradual', 'magnitude-one-shot', 'random'];
    expect(suggest('Magnitude_Gradaul', names)).toBe('magnitude-gradual');
    expect(suggest('rand', names)).toBe('random');
    expect(suggest('magnitude', names)).toBeUndefined();
    expect(suggest('taylor', names)).toBeUndefined();
    expect(suggest('random', names)).toBeUndefined();
    expect(suggest('lr', ['lr', 'lx'])).toBeUndefined();
  });
});

describe('recipeJsonSchema', () => {
  it('requires exactly what has no default, and describes every field', () => {
    const schema = recipeJsonSchema();
    expect((schema['required'] as string[]).sort()).toEqual(['budget', 'data', 'network', 'paradigm']);
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      expect(property.description, name).toBeTruthy();
    }
  });

  it('knows every kind of data', () => {
    const kinds = JSON.stringify(recipeJsonSchema().properties?.['data']);
    for (const { id } of catalog().data) expect(kinds).toContain(`"const":"${id}"`);
  });
});
