import { inputError } from '../../../contract/errors.ts';

/** What densities that a recipe gives make together may miss the budget by this much. */
const TOLERANCE = 0.005;

/**
 * A layer's density on the way to the budget: it is to its own what the network's is to the budget's, round for round.
 * @param density of the layer when the network has the sparsity `target`.
 */
export function densityOnTheWay(density: number, sparsity: number, target: number): number {
  return density ** (target === 0 ? 0 : Math.log(1 - sparsity) / Math.log(1 - target));
}

/**
 * @param field that of `prune` which gives the densities
 * @param made sparsity that they make together
 * @throws EspalierError where that is not the budget
 */
export function refuseOtherBudget(
  field: 'layers' | 'epsilon',
  made: number,
  target: number,
  otherwise: string,
): void {
  if (Math.abs(made - target) <= TOLERANCE) return;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  throw inputError(
    `prune/${field}`,
    `What prune.${field} says makes ${percent(made)} overall, and the budget is ${percent(target)}.`,
    {
      field: `prune.${field}`,
      remedy: `Set budget.sparsity to ${made.toFixed(4)}, or ${otherwise}.`,
    },
  );
}
