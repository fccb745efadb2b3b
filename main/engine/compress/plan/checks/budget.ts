import { FUSABLE, termsOf, type Term } from '../../../../contract/amount.ts';
import { inputError } from '../../../../contract/errors.ts';
import type { Recipe } from '../../../../contract/recipe.ts';
import { thingsOf } from '../../../../words/amounts.ts';
import { budgets } from '../../budgets/index.ts';
import { paradigms } from '../../paradigms/index.ts';
import { structures } from '../../structures/index.ts';
import type { Intent } from '../intent.ts';

/** Structures whose units leave the network. */
const leaving = structures.items.filter(({ leaves }) => leaves === true).map(({ id }) => id);

/** Paradigms that fuse layers. */
const fusing = paradigms.items.filter(({ point }) => point.fuses === true);

/** @throws EspalierError for a budget of something that pruning as the recipe has it leaves as it is, or does not look at */
export function refuseUnfitBudget(intent: Intent): void {
  const { recipe, shrinks, selection, besides, point } = intent;
  if (intent.fusing !== null) return refuseUnfusable(recipe);
  for (const term of termsOf(recipe.budget)) {
    refuseLayers(term);
    if (shrinks) refuseShares(term, selection.shares !== undefined);
    else refuseUnmoved(term);
  }
  const [other] = besides;
  if (other === undefined || point.maskFrom !== 'learned') return;
  throw inputError(
    'recipe/budget',
    `${recipe.paradigm} learns its masks from weights without a past, with values that nobody knows before, and the budget is of ${thingsOf(other.kind)}, which only tells of a finished network.`,
    {
      field: `budget.${other.kind}`,
      remedy:
        "Choose a method that prunes a trained network, such as 'magnitude-gradual', or ask for one amount that can be counted.",
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

function refuseUnfusable({ paradigm, budget }: Recipe): void {
  const terms = termsOf(budget);
  const other = terms.find(({ kind }) => !FUSABLE.includes(kind));
  if (other !== undefined) {
    throw inputError(
      'recipe/budget',
      `${paradigm} fuses layers, and the budget is of ${thingsOf(other.kind)}.`,
      {
        field: `budget.${other.kind}`,
        remedy: `Ask for one of: ${FUSABLE.join(', ')}, such as \`budget: {layers: 0.7}\`, or say what may be lost: \`budget: {accuracyDrop: 1}\`.`,
      },
    );
  }
  const [, second] = terms.filter(({ kind }) => kind !== 'layers');
  if (second === undefined) return;
  throw inputError('recipe/budget', 'Fusions go by layers and one further amount.', {
    field: `budget.${second.kind}`,
    remedy: `Leave budget.${second.kind} out.`,
  });
}

/** Layers go where they are fused alone. */
function refuseLayers({ kind }: Term): void {
  if (kind !== 'layers') return;
  throw inputError('recipe/budget', 'Pruning leaves a network as many layers as it had.', {
    field: 'budget.layers',
    remedy: `Choose the paradigm '${fusing.map(({ id }) => id).join("' or '")}', or ask for something else.`,
  });
}
