import { inputError } from '../../../../contract/errors.ts';
import type { Recipe } from '../../../../contract/recipe.ts';
import type { Stage } from '../../framework.ts';

/**
 * Refuses distillation where there is no teacher yet, none at all, or nothing that would learn from it.
 * @throws EspalierError naming the field and the reason
 */
export function refuseUnusedDistillation(recipe: Recipe, stages: readonly Stage[]): void {
  if (recipe.dense?.distill !== undefined) {
    throw inputError('recipe/distill', 'The dense network is the teacher and has none itself.', {
      field: 'dense.distill',
      remedy: 'Put distill into finetune.',
    });
  }
  if (recipe.finetune?.distill === undefined) return;
  const field = 'finetune.distill';
  const taught = stages.findIndex((stage) => stage.kind === 'train' && stage.spec.distill !== undefined);
  if (taught < 0) {
    throw inputError(
      'recipe/distill',
      `${recipe.paradigm} has no fine-tuning in which to learn from a teacher.`,
      {
        field,
        remedy: 'Leave finetune.distill out.',
      },
    );
  }
  const teacher = stages.findIndex((stage) => stage.kind === 'evaluate' && stage.side === 'dense');
  if (teacher < 0 || teacher > taught) {
    throw inputError('recipe/distill', 'Without a dense network there is no teacher to learn from.', {
      field,
      remedy: 'Set baseline to true, or leave finetune.distill out.',
    });
  }
}
