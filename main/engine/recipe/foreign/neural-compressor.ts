import { z } from 'zod';
import { structureOf, type ForeignFormat, type ForeignPlan } from './foreign.ts';
import type { ForeignPage, Place } from './page.ts';

/** Intel Neural Compressor's pruning configurations, as its documentation of the pruning API describes them. */

const pruner = z.object({
  target_sparsity: z.number().min(0).lt(1).default(0.9),
  pruning_type: z.string().default('snip_momentum'),
  pattern: z.string().default('4x1'),
  op_names: z.array(z.string()).default([]),
  excluded_op_names: z.array(z.string()).default([]),
  start_step: z.number().int().min(0).default(0),
  end_step: z.number().int().min(-1).default(0),
  pruning_scope: z.enum(['global', 'local']).default('global'),
  pruning_frequency: z.number().positive().optional(),
  min_sparsity_ratio_per_op: z.number().min(0).max(1).default(0),
  max_sparsity_ratio_per_op: z.number().min(0).max(1).default(0.98),
  sparsity_decay_type: z.string().default('exp'),
  pruning_op_types: z.array(z.string()).default(['Conv', 'Linear']),
});
const OWN = ['target_sparsity', 'pruning_type', 'pruning_scope', 'excluded_op_names', 'sparsity_decay_type'];
const V2 = ['pruning', 'approach', 'weight_compression_v2'];

export const neuralCompressor: ForeignFormat = {
  label: 'Intel Neural Compressor pruning configuration',
  is: (page) =>
    page.isMap(V2) ||
    prunersOf(page).some((place) => OWN.some((key) => page.value([...place, key]) !== undefined)),
  read(page) {
    const [first = [], ...others] = prunersOf(page);
    for (const place of others) page.lose(place, 'a recipe prunes in one way: this pruner is left out');
    return plan(page, first);
  },
};

/** The places of its pruners: a list, one alone, or those of a whole configuration. */
function prunersOf(page: ForeignPage): Place[] {
  const listed = (place: Place) =>
    (page.value(place) as readonly unknown[]).map((_, i): Place => [...place, i]);
  if (page.isList([])) return listed([]);
  const outer: Place = page.isMap(V2) ? V2 : [];
  const inner = [
    [...outer, 'pruners'],
    [...outer, 'pruning_configs'],
  ].find((place) => page.isList(place));
  return inner === undefined ? [outer] : listed(inner);
}

function plan(page: ForeignPage, place: Place): ForeignPlan {
  // What a pruner leaves out, the configuration around it says for all.
  const around = place.length > 1 ? (page.value(place.slice(0, -2)) as object) : {};
  const known = Object.entries(around).filter(([key]) => key in pruner.shape);
  page.read(pruner, place);
  const all = pruner.parse({ ...Object.fromEntries(known), ...(page.value(place) as object) });
  const at = (key: keyof typeof pruner.shape): Place => [...place, key];
  const { criterion, paradigm, locked } = method(page, all, at);
  const structure = structureOf(all.pattern);
  if (structure === undefined) page.lose(at('pattern'), `the pattern '${all.pattern}' has no counterpart`);
  const oneShot = all.start_step === all.end_step;
  if (!oneShot)
    page.lose(at('end_step'), 'a recipe counts epochs, not steps: set prune.epochs and finetune.epochs');
  if (all.pruning_frequency !== undefined)
    page.lose(at('pruning_frequency'), 'set prune.updatesPerEpoch, which counts epochs');
  if (all.min_sparsity_ratio_per_op > 0)
    page.lose(at('min_sparsity_ratio_per_op'), 'there is no least share of single layers');
  if (all.op_names.length > 0) page.lose(at('op_names'), 'name what stays whole in prune.exclude instead');
  if (!['Conv', 'Linear'].every((type) => all.pruning_op_types.includes(type)))
    page.lose(
      at('pruning_op_types'),
      'all convolutions and dense layers are pruned: name others in prune.exclude',
    );
  const exclude = all.excluded_op_names.flatMap((name, i) => {
    if (/^[\w.]+$/.test(name)) return [`${name}.weight`];
    page.lose([...at('excluded_op_names'), i], 'patterns are not read: name the parameters in prune.exclude');
    return [];
  });
  const global = all.pruning_scope === 'global';
  const fixed = structure?.kind === 'n:m';
  return {
    paradigm: oneShot || locked ? 'magnitude-one-shot' : paradigm,
    sparsity: locked ? null : fixed ? 1 - (structure.n ?? 2) / (structure.m ?? 4) : all.target_sparsity,
    prune: {
      ...(criterion !== 'magnitude' && { criterion }),
      ...(structure !== undefined && structure.kind !== 'element' && { structure }),
      ...(!fixed && { scope: global ? 'global' : 'layerwise' }),
      ...(global && !fixed && all.max_sparsity_ratio_per_op < 1 && all.max_sparsity_ratio_per_op > 0 && { cap: all.max_sparsity_ratio_per_op }), // prettier-ignore
      ...(!oneShot &&
        !locked && { schedule: scheduleOf(page, all.sparsity_decay_type, at('sparsity_decay_type')) }),
      ...(exclude.length > 0 && { exclude }),
    },
    finetune: { epochs: 5 },
  };
}

/** Its pruning types name what scores weights, and sometimes how masks grow. */
function method(
  page: ForeignPage,
  { pruning_type: type }: z.output<typeof pruner>,
  at: (key: 'pruning_type') => Place,
): { criterion: string; paradigm: string; locked: boolean } {
  const paradigm = 'magnitude-gradual';
  const place = at('pruning_type');
  if (type === 'pattern_lock') return { criterion: 'magnitude', paradigm, locked: true };
  if (type.endsWith('_progressive')) page.lose(place, 'blocks go at once, without masks between');
  const base = type.replace(/_progressive$/, '');
  if (base === 'magnitude') return { criterion: 'magnitude', paradigm, locked: false };
  if (base === 'snip_momentum')
    page.lose(place, "scores are those of the moment ('snip'): they are not gathered over the steps");
  else if (base !== 'snip') page.lose(place, `there is no criterion '${base}': 'snip' is taken`);
  return { criterion: 'snip', paradigm, locked: false };
}

function scheduleOf(page: ForeignPage, decay: string, place: Place): string {
  if (decay === 'linear') return 'linear';
  if (decay !== 'cube') page.lose(place, `there is no schedule '${decay}': 'cubic' is taken`);
  return 'cubic';
}
