import { termOf } from '../../../../contract/amount.ts';
import { inputError } from '../../../../contract/errors.ts';
import { thingsOf } from '../../../../words/amounts.ts';
import { structures } from '../../structures/index.ts';
import type { Intent } from '../intent.ts';

/** Structures whose units leave the network. */
const leaving = structures.items.filter(({ leaves }) => leaves === true).map(({ id }) => id);

/** @throws EspalierError for a budget of something that pruning as the recipe has it leaves as it is */
export function refuseUnfitBudget({ recipe, shrinks, selection }: Intent): void {
  const { kind } = termOf(recipe.budget);
  if (kind === 'sparsity') return;
  if (shrinks && selection.shares === undefined) return;
  if (shrinks) {
    throw inputError(
      'recipe/budget',
      `Shares of single layers are of channels, and the budget is of ${thingsOf(kind)}.`,
      {
        field: `budget.${kind}`,
        remedy: 'Ask for a sparsity, which counts channels, or leave prune.layers out.',
      },
    );
  }
  throw inputError('recipe/budget', `Weights that become zero leave the ${thingsOf(kind)} as they are.`, {
    field: `budget.${kind}`,
    remedy: `Ask for a sparsity, or choose a structure of: ${leaving.join(', ')}.`,
  });
}
