import type { Baseline, Grid, Variant } from '../../contract/sweep.ts';

/** What every study of pruning should show beside its methods, as points of the same grid. */
const variants: { readonly [B in Exclude<Baseline, 'narrow'>]: Variant } = {
  random: { paradigm: 'random-uniform', label: 'Baseline: random mask' },
  magnitude: {
    paradigm: 'magnitude-one-shot',
    label: 'Baseline: uniform magnitude',
    set: { 'prune.scope': 'layerwise' },
  },
  // Nothing is pruned, but everything else happens: what more epochs alone are worth.
  longer: { paradigm: 'magnitude-one-shot', label: 'Baseline: dense, trained longer', budgets: [0] },
};

export function baselineVariants({ baselines }: Grid): Variant[] {
  return baselines.flatMap((one) => (one === 'narrow' ? [] : [variants[one]]));
}
