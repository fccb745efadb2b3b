import { termsOf, type Term } from '../../../../contract/amount.ts';
import { inputError } from '../../../../contract/errors.ts';
import { thingsOf } from '../../../../words/amounts.ts';
import { budgets } from '../../budgets/index.ts';
import { structures } from '../../structures/index.ts';
import type { Intent } from '../intent.ts';

/** Structures whose units leave the network. */
const leaving = structures.items.filter(({ leaves }) => leaves === true).map(({ id }) => id);

/** @throws EspalierError for a budget of something that pruning as the recipe has it leaves as it is, or does not look at */
export function refuseUnfitBudget(intent: Intent): void {
  const { recipe, shrinks, selection, besides, within, point } = intent;
  for (const term of termsOf(recipe.budget)) {
    if (shrinks) refuseShares(term, selection.shares !== undefined);
    else refuseUnmoved(term);
  }
  const [other] = besides;
  if (other === undefined || (!within && point.maskFrom !== 'learned')) return;
  throw inputError(
    'recipe/budget',
    `While a network trains, its masks follow one amount that can be counted, and the budget is of ${thingsOf(other.kind)} too.`,
    {
      field: `budget.${other.kind}`,
      remedy:
        "Choose a method that prunes between trainings, such as 'magnitude-iterative', or ask for one amount.",
    },
  );
}

function refuseShares({ kind }: Term, byHand: boolean): void {
  if (!byHand || kind === 'sparsity') return;
  throw inputError(
    'recipe/budget',
    `Shares of single layers are of channels, and the budget is of ${thingsOf(kind)}.`,
    {
      field: `budget.${kind}`,
      remedy: 'Ask for a sparsity, which counts channels, or leave prune.layers out.',
    },
  );
}

/** Refuses what zeros leave as it is. */
function refuseUnmoved(term: Term): void {
  const { kind } = term;
  if (kind === 'sparsity') return;
  const budget = budgets.get(kind);
  const why = 'zeros' in budget ? budget.zeros(term) : `Weights that become zero leave the ${thingsOf(kind)} as they are.`; // prettier-ignore
  if (why === undefined) return;
  throw inputError('recipe/budget', why, {
    field: `budget.${kind}`,
    remedy: `Ask for a sparsity, or choose a structure of: ${leaving.join(', ')}.`,
  });
}
