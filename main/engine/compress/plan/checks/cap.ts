import { inputError } from '../../../../contract/errors.ts';
import { formatShare } from '../../../../words/format.ts';
import type { Intent } from '../intent.ts';

/** @throws EspalierError for a sparsity that every layer would have to go beyond its cap for */
export function refuseUnfitCap({ recipe, selection: { cap } }: Intent): void {
  const value = recipe.budget.sparsity;
  if (cap === undefined || value === undefined || value <= cap) return;
  throw inputError(
    'recipe/cap',
    `The budget asks for ${formatShare(value)}, and of no layer may more than ${formatShare(cap)} go.`,
    { field: 'prune.cap', remedy: `Raise it to ${value} or more, or ask for less.` },
  );
}
