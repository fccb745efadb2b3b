import type { Budget } from '../../contract/amount.ts';
import { inputError } from '../../contract/errors.ts';
import type { Baseline, Grid, Variant } from '../../contract/sweep.ts';
import { askedShort } from '../../words/amounts.ts';

/** What of a grid its baselines hang on. */
type Asked = Pick<Grid, 'baselines' | 'budgets' | 'paradigms'> & {
  /** What is pruned leaves the network. */
  readonly leaves: boolean;
};

/** A budget with which nothing is pruned. */
const NOTHING: Budget = { sparsity: 0 };

/** What every study of pruning should show beside its methods, as points of the same grid. */
const variants: { readonly [B in Baseline]: (grid: Asked) => Variant[] } = {
  random: ({ leaves }) => [
    leaves
      ? {
          paradigm: 'magnitude-one-shot',
          label: 'Baseline: random channels',
          set: { 'prune.criterion': 'random', 'prune.scope': 'layerwise' },
        }
      : { paradigm: 'random-uniform', label: 'Baseline: random mask' },
  ],
  magnitude: ({ leaves }) => [
    {
      paradigm: 'magnitude-one-shot',
      label: leaves ? 'Baseline: uniform L1' : 'Baseline: uniform magnitude',
      set: {
        'prune.scope': 'layerwise',
        ...(leaves && { 'prune.criterion': 'magnitude', 'prune.structure.power': 1 }),
      },
    },
  ],
  // Nothing is pruned, but everything else happens: what more epochs alone are worth.
  longer: () => [
    { paradigm: 'magnitude-one-shot', label: 'Baseline: dense, trained longer', budgets: [NOTHING] },
  ],
  // As many parameters as are left at each budget, in fewer units.
  narrow: ({ budgets, leaves }) =>
    budgets.map((budget) => ({
      paradigm: 'magnitude-one-shot',
      label: 'Baseline: dense, narrower',
      set: { narrow: sparsityOf(budget, leaves), finetune: null, prune: {} },
      budgets: [NOTHING],
    })),
  // Widths are a method's own: every one has its small network from scratch beside it.
  scratch: ({ paradigms }) =>
    paradigms.map((one) => {
      const { set, ...variant }: Variant = typeof one === 'string' ? { paradigm: one } : one;
      return {
        ...variant,
        label: `Baseline: ${variant.label ?? variant.paradigm}, from scratch`.slice(0, 100),
        set: { ...set, 'prune.control': 'scratch' },
      };
    }),
};

/** @throws EspalierError for a budget of anything else than single weights */
function sparsityOf(budget: Budget, leaves: boolean): number {
  if (budget.sparsity !== undefined && !leaves) return budget.sparsity;
  const remedy = leaves
    ? "Take the baseline 'scratch' in its place."
    : `Leave it out, or ask for sparsities in place of ${askedShort(budget)}.`;
  throw inputError(
    'sweep/narrow',
    "The baseline 'narrow' matches the parameters that a sparsity of weights leaves.",
    { field: 'baselines', remedy },
  );
}

export function baselineVariants(grid: Asked): Variant[] {
  return grid.baselines.flatMap((one) => variants[one](grid));
}
