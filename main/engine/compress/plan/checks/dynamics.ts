import { inputError } from '../../../../contract/errors.ts';
import type { Recipe } from '../../../../contract/recipe.ts';
import { dynamicsKinds } from '../../dynamics/index.ts';
import { structureMeant } from '../../structures/meant.ts';
import type { Point } from '../../framework.ts';

/**
 * Refuses what the dynamics of a recipe would ignore: settings of other dynamics, another schedule than their own, a
 * criterion where the masks are learned.
 * @throws EspalierError naming the field.
 */
export function refuseUnfitDynamics(recipe: Recipe, point: Point): void {
  const { prune, paradigm } = recipe;
  const kind = point.dynamics === undefined ? undefined : dynamicsKinds.get(point.dynamics);
  const known: readonly string[] = kind?.options ?? [];
  const stray = Object.keys(prune.dynamics ?? {}).find((key) => !known.includes(key));
  if (stray !== undefined) {
    throw inputError('recipe/dynamics', `${paradigm} has no setting '${stray}'.`, {
      field: `prune.dynamics.${stray}`,
      remedy: known.length > 0 ? `It knows: ${known.join(', ')}.` : 'Leave prune.dynamics out.',
    });
  }
  if (kind === undefined) return;
  const structure = structureMeant(prune, point);
  if (kind.structures !== undefined && !kind.structures.ids.includes(structure)) {
    throw inputError(
      'recipe/structure',
      `${paradigm} does not go with the structure '${structure}': ${kind.structures.why}.`,
      { field: 'prune.structure.kind', remedy: `Choose: ${kind.structures.ids.join(', ')}.` },
    );
  }
  if (prune.schedule !== undefined && prune.schedule !== point.schedule) {
    throw inputError('recipe/schedule', `${paradigm} has a schedule of its own.`, {
      field: 'prune.schedule',
      remedy: 'Leave prune.schedule out.',
    });
  }
  if (kind.usesCriterion) return;
  if (prune.criterion !== undefined && prune.criterion !== point.criterion) {
    throw inputError('recipe/criterion', `${paradigm} learns its mask and asks no criterion.`, {
      field: 'prune.criterion',
      remedy: 'Leave prune.criterion out.',
    });
  }
  if (prune.control === 'invert') {
    throw inputError('recipe/control', `${paradigm} learns its mask: there are no scores to invert.`, {
      field: 'prune.control',
      remedy: "Choose the control 'reinitialize', or leave it out.",
    });
  }
}
