import { describe, expect, it } from 'vitest';
import { EspalierError } from '../../../main/contract/errors.ts';
import { checkRecipe } from '../../../main/engine/recipe/check.ts';
import { readForeign } from '../../../main/engine/recipe/foreign/index.ts';
import { recipeOfForeign } from '../../../main/engine/recipe/foreign/to-recipe.ts';

/** Reads a page, makes a recipe of it, and checks that as a run would. */
function imported(text: string, sparsity?: number) {
  const read = readForeign(text, 'theirs.yaml');
  const page = recipeOfForeign(read, 'theirs.yaml', { network: 'lenet-5-caffe', data: 'digits', sparsity });
  const { recipe, problems } = checkRecipe(page, 'ours.yaml');
  expect(problems).toEqual([]);
  if (recipe === null) throw new Error('a recipe without problems is one');
  for (const { why } of read.lost) expect(page).toContain(why);
  return { recipe, label: read.label, lost: read.lost.map(({ line, field }) => `${line} ${field}`) };
}

const gradual = (changes = '', name = 'GMPruningModifier') => `
modifiers:
  - !EpochRangeModifier
    start_epoch: 0.0
    end_epoch: 12.0
  - !${name}
    params: __ALL_PRUNABLE__
    final_sparsity: 0.85
    start_epoch: 2.0
    end_epoch: 8.0
    update_frequency: 0.5
${changes}`;

describe('recipes for SparseML', () => {
  it('gives gradual magnitude pruning its epochs, its share and its schedule', () => {
    const { recipe, lost, label } = imported(gradual());
    expect(label).toBe('SparseML recipe');
    expect(lost).toEqual([]);
    expect(recipe).toMatchObject({
      paradigm: 'magnitude-gradual',
      budget: { sparsity: 0.85 },
      dense: { epochs: 2 },
      prune: { schedule: 'cubic', scope: 'layerwise', epochs: 6, updatesPerEpoch: 2 },
      finetune: { epochs: 4 },
    });
  });

  it.each([
    ['GlobalMagnitudePruningModifier', '', { scope: 'global' }, []],
    [
      'MagnitudePruningModifier',
      '    inter_func: linear\n',
      { schedule: 'linear', rounds: 6, epochs: 1 },
      ['11 modifiers[1].update_frequency'],
    ],
    [
      'GMPruningModifier',
      '    inter_func: inverse_cubic\n',
      { schedule: 'cubic' },
      ['12 modifiers[1].inter_func'],
    ],
    [
      'GMPruningModifier',
      '    mask_type: block\n',
      { structure: { kind: 'block', rows: 1, columns: 4 } },
      [],
    ],
    [
      'GMPruningModifier',
      '    mask_type: [1, 4]\n',
      { structure: { kind: 'block', rows: 1, columns: 4 } },
      [],
    ],
    ['StructuredPruningModifier', '', { structure: { kind: 'channel', members: 'makers' } }, []],
    ['StructuredPruningModifier', '    param_groups: [[a, b]]\n', { structure: { kind: 'channel' } }, ['12 modifiers[1].param_groups']], // prettier-ignore
    [
      'GMPruningModifier',
      '    init_sparsity: 0.05\n',
      { schedule: 'cubic' },
      ['12 modifiers[1].init_sparsity'],
    ],
    ['GMPruningModifier', '    colour: red\n', { schedule: 'cubic' }, ['12 modifiers[1].colour']],
  ])('reads %s%s', (name, changes, prune, lost) => {
    const found = imported(gradual(changes, name));
    expect(found.recipe.prune).toMatchObject(prune);
    expect(found.lost).toEqual(lost);
  });

  it('sets rate and decay, reads variables, and tells of set-modifiers and others', () => {
    const text = `rate: 0.008${gradual(`  - !SetLearningRateModifier
    start_epoch: 0
    learning_rate: eval(rate)
  - !SetWeightDecayModifier
    start_epoch: 0
    weight_decay: 0.001
  - !SetParamModifier
    params: ['re:.*bias']
    val: [0.1]
  - !TrainableParamsModifier
    params: __ALL__
  - !QuantizationModifier
    start_epoch: 9.0
`)}`;
    const { recipe, lost } = imported(text);
    for (const stage of [recipe.dense, recipe.finetune])
      expect(stage).toMatchObject({ lr: 0.008, weightDecay: 0.001 });
    expect(lost).toEqual(['18 modifiers[4]', '21 modifiers[5]', '23 modifiers[6]']);
  });

  it('counts lines of the whole file in Markdown with front matter', () => {
    const markdown = `<!--\nlicence\n-->\n\n---${gradual('    init_sparsity: 0.05\n')}---\n\n# Words: [not YAML\n`;
    expect(imported(markdown).lost).toEqual(['16 modifiers[1].init_sparsity']);
  });

  it('needs the share of the zeros that are held', () => {
    const text = 'pruning_modifiers:\n  - !ConstantPruningModifier\n    params: __ALL_PRUNABLE__\n';
    expect(() => imported(text)).toThrow('does not say how many');
    const { recipe } = imported(text, 0.6);
    expect(recipe).toMatchObject({ paradigm: 'magnitude-one-shot', budget: { sparsity: 0.6 }, prune: { scope: 'global' } }); // prettier-ignore
  });
});

describe('config lists for NNI', () => {
  it.each([
    ['[{op_types: [Conv2d, Linear], sparsity: 0.5}]', 0.5, { scope: 'layerwise' }, []],
    ['[{op_types: [default], sparsity_per_layer: 0.5}]', 0.5, { scope: 'layerwise' }, []],
    [
      '[{"op_types": ["Conv2d", "Linear"], "total_sparsity": 0.8, "max_sparsity_per_layer": 0.9}]',
      0.8,
      { scope: 'global', cap: 0.9 },
      [],
    ],
    [
      '[{sparse_ratio: 0.5, global_group_id: a, max_sparse_ratio: 0.9}]',
      0.5,
      { scope: 'global', cap: 0.9 },
      [],
    ],
    ['[{sparse_ratio: 0.5, granularity: out_channel}]', 0.5, { structure: { kind: 'channel' } }, []],
    ['[{sparse_ratio: 0.5, granularity: [1, -1, -1, -1]}]', 0.5, { structure: { kind: 'channel' } }, []],
    [
      '[{sparse_ratio: 0.5, granularity: [4, 4]}]',
      0.5,
      { structure: { kind: 'block', rows: 4, columns: 4 } },
      [],
    ],
    [
      '[{sparsity: 0.5, op_types: [default]}, {exclude: true, op_names: [fc2]}]',
      0.5,
      { exclude: ['fc2.weight'] },
      [],
    ],
    ['[{sparse_ratio: 0.5, exclude_op_names: [fc2]}]', 0.5, { exclude: ['fc2.weight'] }, []],
    ['[{sparse_ratio: 0.5, op_types: [Conv2d]}]', 0.5, {}, ['1 [0].op_types']],
    ['[{sparse_ratio: 0.5, sparse_threshold: 0.1}]', 0.5, {}, ['1 [0].sparse_threshold']],
    ['[{sparsity: 0.5, op_types: [default]},\n {sparsity: 0.8, op_types: [default]}]', 0.5, {}, ['2 [1]']],
    [
      '[{op_names: [fc1],\n target_names: [weight, bias],\n target_settings: {weight: {sparse_ratio: 0.5, apply_method: mul}, bias: {align: {target_name: weight}}}}]',
      0.5,
      {},
      ['1 [0].op_names', '3 [0].target_settings.bias'],
    ],
  ])('reads %s', (text, sparsity, prune, lost) => {
    const found = imported(text);
    expect(found.label).toBe('NNI config list');
    expect(found.recipe).toMatchObject({ paradigm: 'magnitude-one-shot', budget: { sparsity }, prune });
    // Of every list: which pruner uses it is not in it.
    expect(found.lost.toSorted()).toEqual(['1 ', ...lost].toSorted());
  });

  it('refuses a list that prunes nothing', () => {
    expect(() => imported('[{op_types: [Conv2d], quant_types: [weight]}]')).toThrow(
      'Nothing in this config list prunes',
    );
  });
});

describe('pruning configurations for Intel Neural Compressor', () => {
  const local = 'pruning_scope: local, pruning_type: magnitude';
  it.each([
    [`{target_sparsity: 0.9, ${local}, pattern: 1x1}`, 'magnitude-one-shot', 0.9, { scope: 'layerwise' }, []],
    [
      `{target_sparsity: 0.9, ${local}, pattern: 4x1}`,
      'magnitude-one-shot',
      0.9,
      { structure: { kind: 'block', rows: 4, columns: 1 } },
      [],
    ],
    [
      `{target_sparsity: 0.9, ${local}, pattern: channelx1}`,
      'magnitude-one-shot',
      0.9,
      { structure: { kind: 'channel' } },
      [],
    ],
    [
      `[{target_sparsity: 0.75, ${local}, pattern: '3:4'}]`,
      'magnitude-one-shot',
      0.75,
      { structure: { kind: 'n:m', n: 1, m: 4 } },
      [],
    ],
    [
      '{target_sparsity: 0.9, pruning_type: magnitude, pattern: 1x1}',
      'magnitude-one-shot',
      0.9,
      { scope: 'global', cap: 0.98 },
      [],
    ],
    [
      '{target_sparsity: 0.9, pruning_type: snip, pattern: 1x1}',
      'magnitude-one-shot',
      0.9,
      { criterion: 'snip' },
      [],
    ],
    [
      `{target_sparsity: 0.9, ${local}, pattern: 1x1,\n start_step: 1,\n end_step: 9, sparsity_decay_type: linear}`,
      'magnitude-gradual',
      0.9,
      { schedule: 'linear' },
      ['3 end_step'],
    ],
    [
      `{target_sparsity: 0.9, ${local}, pattern: 1x1, reg_type: group_lasso}`,
      'magnitude-one-shot',
      0.9,
      {},
      ['1 reg_type'],
    ],
    [
      `pruning: {approach: {weight_compression_v2: {target_sparsity: 0.9, ${local},\n pruners: [{pattern: 1x1}]}}}`,
      'magnitude-one-shot',
      0.9,
      { scope: 'layerwise' },
      [],
    ],
    [
      `{target_sparsity: 0.9, pruning_configs: [{${local}, pattern: 1x1, target_sparsity: 0.7},\n {target_sparsity: 0.8}]}`,
      'magnitude-one-shot',
      0.7,
      {},
      ['2 pruning_configs[1]'],
    ],
  ])('reads %s', (text, paradigm, sparsity, prune, lost) => {
    const found = imported(text);
    expect(found.label).toContain('Intel Neural Compressor');
    expect(found.recipe).toMatchObject({ paradigm, budget: { sparsity }, prune });
    expect(found.lost).toEqual(lost);
  });
});

describe('files that cannot be read', () => {
  it.each([
    ['name: nothing known\n', 'foreign/unknown', undefined],
    ['a: [1\nb: 2\n', 'foreign/syntax', /^line \d/],
    [gradual().replace('0.85', 'much'), 'foreign/value', /^line 8, modifiers\[1\]\.final_sparsity$/],
    [gradual().replace('!GM', '!Movement'), 'foreign/nothing', undefined],
    ['[{sparse_ratio: 2}]', 'foreign/value', /^line 1, \[0\]\.sparse_ratio$/],
  ])('names what is wrong with %j', (text, code, field) => {
    try {
      imported(text);
    } catch (error) {
      if (!(error instanceof EspalierError)) throw error;
      expect(error.problem).toMatchObject({ code, file: 'theirs.yaml', kind: 'input' });
      if (field !== undefined) expect(error.problem.field).toMatch(field);
      return;
    }
    expect.unreachable();
  });
});
