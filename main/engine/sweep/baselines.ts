import type { Baseline, Grid, Variant } from '../../contract/sweep.ts';

/** What of a grid its baselines hang on. */
type Asked = Pick<Grid, 'baselines' | 'budgets'>;

/** What every study of pruning should show beside its methods, as points of the same grid. */
const variants: { readonly [B in Baseline]: (grid: Asked) => Variant[] } = {
  random: () => [{ paradigm: 'random-uniform', label: 'Baseline: random mask' }],
  magnitude: () => [
    {
      paradigm: 'magnitude-one-shot',
      label: 'Baseline: uniform magnitude',
      set: { 'prune.scope': 'layerwise' },
    },
  ],
  // Nothing is pruned, but everything else happens: what more epochs alone are worth.
  longer: () => [{ paradigm: 'magnitude-one-shot', label: 'Baseline: dense, trained longer', budgets: [0] }],
  // As many parameters as are left at each budget, in fewer units.
  narrow: ({ budgets }) =>
    budgets.map((budget) => ({
      paradigm: 'magnitude-one-shot',
      label: 'Baseline: dense, narrower',
      set: { narrow: budget, finetune: null, prune: {} },
      budgets: [0],
    })),
};

export function baselineVariants(grid: Asked): Variant[] {
  return grid.baselines.flatMap((one) => variants[one](grid));
}
