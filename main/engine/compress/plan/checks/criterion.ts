import { inputError } from '../../../../contract/errors.ts';
import { criteria } from '../../criteria/index.ts';
import type { Intent } from '../intent.ts';

/**
 * A criterion that compares with the initial weights needs a training in this run that began with them.
 * @throws EspalierError where there is none
 */
export function refuseUnfitCriterion({ recipe, point, selection }: Intent): void {
  const { id, comparesWithInitial } = criteria.get(selection.criterion);
  if (comparesWithInitial !== true) return;
  const why =
    point.maskFrom === 'init'
      ? `${recipe.paradigm} prunes before any training`
      : point.maskFrom === 'trained' && recipe.dense === undefined
        ? 'the recipe has no dense training that began with them'
        : undefined;
  if (why === undefined) return;
  throw inputError(
    'recipe/criterion',
    `The criterion '${id}' looks back at the initial weights, and ${why}.`,
    {
      field: 'prune.criterion',
      remedy:
        point.maskFrom === 'init'
          ? "Choose another criterion, or a paradigm that prunes after training, such as 'imp'."
          : 'Add `dense: {epochs: 10}`, or choose another criterion.',
    },
  );
}
