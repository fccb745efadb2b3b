import { inputError } from '../../../../contract/errors.ts';
import type { Intent } from '../intent.ts';

/** @throws EspalierError for a rewind point that there is not, or that what the recipe puts in its place contradicts */
export function refuseUnfitRewinding({ recipe, point, rewind, control }: Intent): void {
  const { restart } = recipe.prune;
  if (restart !== undefined && point.startFrom === 'rewound' && (rewind > 0 || control === 'reinitialize')) {
    const why =
      rewind > 0 ? 'goes back to later ones' : 'draws all weights anew in the last round (the control)';
    throw inputError('recipe/restart', `prune.restart replaces initial values, and the recipe ${why}.`, {
      field: 'prune.restart',
      remedy: `Leave prune.restart out, or prune.${rewind > 0 ? 'rewind' : 'control'}.`,
    });
  }
  if (point.train !== 'rewound') return;
  if (recipe.dense === undefined) {
    throw inputError(
      'recipe/rewind',
      `${recipe.paradigm} repeats the dense training, and the recipe has none.`,
      {
        field: 'dense',
        remedy: 'Add `dense: {epochs: 10}`.',
      },
    );
  }
  if (rewind > recipe.dense.epochs) {
    throw inputError('recipe/rewind', 'The rewind point lies behind the end of the dense training.', {
      field: 'prune.rewind',
      remedy: `Choose a number of epochs up to ${recipe.dense.epochs}.`,
    });
  }
}
