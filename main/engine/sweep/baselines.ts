import type { Budget } from '../../contract/amount.ts';
import { inputError } from '../../contract/errors.ts';
import type { Baseline, Grid, Variant } from '../../contract/sweep.ts';
import { askedShort } from '../../words/amounts.ts';

/** What of a grid its baselines hang on. */
type Asked = Pick<Grid, 'baselines' | 'budgets'>;

/** A budget with which nothing is pruned. */
const NOTHING: Budget = { sparsity: 0 };

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
  longer: () => [
    { paradigm: 'magnitude-one-shot', label: 'Baseline: dense, trained longer', budgets: [NOTHING] },
  ],
  // As many parameters as are left at each budget, in fewer units.
  narrow: ({ budgets }) =>
    budgets.map((budget) => ({
      paradigm: 'magnitude-one-shot',
      label: 'Baseline: dense, narrower',
      set: { narrow: sparsityOf(budget), finetune: null, prune: {} },
      budgets: [NOTHING],
    })),
};

/** @throws EspalierError for a budget of another kind */
function sparsityOf(budget: Budget): number {
  if (budget.sparsity !== undefined) return budget.sparsity;
  throw inputError('sweep/narrow', "The baseline 'narrow' matches the parameters that a sparsity leaves.", {
    field: 'baselines',
    remedy: `Leave it out, or ask for sparsities in place of ${askedShort(budget)}.`,
  });
}

export function baselineVariants(grid: Asked): Variant[] {
  return grid.baselines.flatMap((one) => variants[one](grid));
}
