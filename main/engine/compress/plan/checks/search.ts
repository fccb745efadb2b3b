import { inputError } from '../../../../contract/errors.ts';
import { thingsOf } from '../../../../words/amounts.ts';
import { structures } from '../../structures/index.ts';
import type { Intent } from '../intent.ts';

/** @throws EspalierError for a search of widths that the structure has fixed, or by amounts that only measuring tells */
export function refuseUnfitSearch({ recipe, point, selection, besides, free, control }: Intent): void {
  if (point.search === undefined) return;
  const { id, fixed } = structures.get(selection.structure?.kind ?? 'element');
  if (fixed === true) {
    const others = structures.items.filter((one) => one.fixed !== true).map((one) => one.id);
    throw inputError('recipe/structure', `The structure '${id}' itself says how much every layer keeps.`, {
      field: 'prune.structure.kind',
      remedy: `Choose: ${others.join(', ')}.`,
    });
  }
  if (control === 'shuffle') {
    throw inputError(
      'recipe/control',
      `${recipe.paradigm} searches for widths, which a shuffled mask keeps.`,
      {
        field: 'prune.control',
        remedy: "Choose the control 'reinitialize', or leave it out.",
      },
    );
  }
  const [other] = besides;
  if (other === undefined) return;
  throw inputError(
    'recipe/budget',
    free
      ? `A search goes by an amount that can be counted, and the budget is of ${thingsOf(other.kind)}.`
      : `A search goes by one amount, and the budget is of ${thingsOf(other.kind)} too.`,
    {
      field: `budget.${other.kind}`,
      remedy: 'Ask for a sparsity, or where channels leave for parameters, macs, channels or memory.',
    },
  );
}
