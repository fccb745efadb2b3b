import { termOf } from '../../../../contract/amount.ts';
import { inputError } from '../../../../contract/errors.ts';
import type { Recipe } from '../../../../contract/recipe.ts';
import { thingsOf } from '../../../../words/amounts.ts';

/** @throws EspalierError for a budget of something that pruning as the recipe has it leaves as it is */
export function refuseUnfitBudget({ budget }: Recipe): void {
  const { kind } = termOf(budget);
  if (kind === 'sparsity') return;
  throw inputError('recipe/budget', `Weights that become zero leave the ${thingsOf(kind)} as they are.`, {
    field: `budget.${kind}`,
    remedy: 'Ask for a sparsity.',
  });
}
