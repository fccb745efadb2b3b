import { inputError } from '../../../../contract/errors.ts';
import type { Recipe } from '../../../../contract/recipe.ts';
import type { Stage } from '../../framework.ts';

/** @throws EspalierError for a penalty on scales that no training before a pruning would feel */
export function refuseUnusedSlimming(recipe: Recipe, stages: readonly Stage[]): void {
  const used = stages.some((stage) => stage.kind === 'train' && stage.slimming !== undefined);
  if (recipe.prune.slimming === undefined || used) return;
  throw inputError('recipe/slimming', `${recipe.paradigm} trains nothing on whose scales it goes by.`, {
    field: 'prune.slimming',
    remedy: "Choose the criterion 'bn-scale' and add a dense training, or leave prune.slimming out.",
  });
}
