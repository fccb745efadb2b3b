import { z } from 'zod';
import { inputError } from '../../../contract/errors.ts';
import { structureOf, type ForeignFormat, type ForeignPlan } from './foreign.ts';
import type { ForeignPage, Place } from './page.ts';

/** NNI's config lists for pruning, of version 3 and the older ones, as its compression config specification describes them. */

const share = z.number().min(0).lt(1);
const names = z.array(z.string());
const config = z.object({
  op_types: names.optional(),
  op_names: names.optional(),
  exclude: z.boolean().optional(),
  exclude_op_names: names.optional(),
  sparsity: share.optional(),
  sparsity_per_layer: share.optional(),
  total_sparsity: share.optional(),
  max_sparsity_per_layer: share.optional(),
  sparse_ratio: share.optional(),
  max_sparse_ratio: share.nullish(),
  global_group_id: z.union([z.string(), z.number()]).nullish(),
  granularity: z.union([z.string(), z.array(z.number().int())]).optional(),
});
type Config = z.output<typeof config>;
const SHARES = ['sparsity', 'sparsity_per_layer', 'total_sparsity', 'sparse_ratio'] as const;
const HINTS = [...SHARES, 'op_types', 'sparse_threshold', 'target_settings'];

export const nni: ForeignFormat = {
  label: 'NNI config list',
  is: (page) =>
    configsOf(page).some((place) => HINTS.some((key) => page.value([...place, key]) !== undefined)),
  read(page) {
    const read = configsOf(page).map((place) => ({ place, ...settings(page, place) }));
    const pruning = read.filter(({ exclude, ...one }) => exclude !== true && shareOf(one) !== undefined);
    const [first, ...others] = pruning;
    if (first === undefined) {
      throw inputError('foreign/nothing', 'Nothing in this config list prunes.', {
        file: page.file,
        remedy: 'It needs a config with sparse_ratio, total_sparsity, sparsity_per_layer or sparsity.',
      });
    }
    for (const { place, ...one } of others)
      if (shareOf(one) !== shareOf(first))
        page.lose(place, 'a recipe has one share for all: give single layers theirs by prune.scope by-hand');
    for (const { place, op_names, op_types, exclude } of read) {
      if (exclude === true) continue;
      if (op_names !== undefined)
        page.lose([...place, 'op_names'], 'name what stays whole in prune.exclude instead');
      if (op_types !== undefined && !coversAll(read.flatMap((one) => one.op_types ?? [])))
        page.lose(
          [...place, 'op_types'],
          'all convolutions and dense layers are pruned: name others in prune.exclude',
        );
    }
    page.lose([], 'a config list does not say which pruner uses it: magnitudes are taken, at once');
    return plan(page, first, read);
  },
};

/** Types that a recipe prunes anyway. */
const coversAll = (types: readonly string[]) =>
  types.includes('default') || ['Conv2d', 'Linear'].every((type) => types.includes(type));

function configsOf(page: ForeignPage): Place[] {
  const outer: Place = page.isList(['config_list']) ? ['config_list'] : [];
  if (!page.isList(outer)) return [outer];
  return (page.value(outer) as readonly unknown[]).map((_, i): Place => [...outer, i]);
}

/** A config, with what it says of weights alone in its long form. */
function settings(page: ForeignPage, place: Place): Config {
  const weight = [...place, 'target_settings', 'weight'];
  if (!page.isMap(weight)) return page.read(config, place);
  const {
    target_settings: targets,
    target_names: _names,
    ...own
  } = page.value(place) as Record<string, unknown>;
  for (const name of Object.keys(targets as object))
    if (name !== 'weight') page.lose([...place, 'target_settings', name], 'weights alone are pruned');
  const said = Object.entries(page.value(weight) as object).filter(
    ([, value]) => value !== null && value !== 'mul',
  );
  return page.read(config, place, { ...own, ...Object.fromEntries(said) });
}

const shareOf = (one: Partial<Config>) => SHARES.map((key) => one[key]).find((value) => value !== undefined);

function plan(
  page: ForeignPage,
  first: Config & { place: Place },
  all: readonly (Config & { place: Place })[],
): ForeignPlan {
  const { granularity = 'default', place } = first;
  const global = first.total_sparsity !== undefined || (first.global_group_id ?? null) !== null;
  const cap = first.max_sparsity_per_layer ?? first.max_sparse_ratio ?? undefined;
  if (cap !== undefined && !global)
    page.lose(
      [...place, first.max_sparse_ratio === cap ? 'max_sparse_ratio' : 'max_sparsity_per_layer'],
      'every layer has the same share anyway',
    );
  const pattern = typeof granularity === 'string' ? granularity : blocks(granularity);
  const structure = pattern === 'default' ? undefined : structureOf(pattern);
  if (structure === undefined && pattern !== 'default')
    page.lose([...place, 'granularity'], `the granularity '${pattern}' has no counterpart`);
  if (pattern === 'in_channel')
    page.lose([...place, 'granularity'], 'a channel leaves with all that makes and reads it');
  const exclude = all.flatMap(({ exclude: out, op_names = [], exclude_op_names = [] }) => [
    ...(out === true ? op_names : []),
    ...exclude_op_names,
  ]);
  return {
    paradigm: 'magnitude-one-shot',
    sparsity: shareOf(first) ?? null,
    prune: {
      ...(structure !== undefined && structure.kind !== 'element' && { structure }),
      scope: global ? 'global' : 'layerwise',
      ...(global && cap !== undefined && { cap }),
      ...(exclude.length > 0 && { exclude: exclude.map((name) => `${name}.weight`) }),
    },
    finetune: { epochs: 5 },
  };
}

/** [4, 1] as '4x1'; [1, -1, -1, -1], which is whole outputs, by its name. */
function blocks(sizes: readonly number[]): string {
  if (sizes[0] === 1 && sizes.length > 1 && sizes.slice(1).every((size) => size === -1)) return 'out_channel';
  return sizes.join('x');
}
