import { inputError } from '../../../../contract/errors.ts';
import type { Intent } from '../intent.ts';

/** @throws EspalierError for a schedule that the paradigm's trainings have no place for */
export function refuseUnfitSchedule({ recipe, point, schedule, within, pruneEpochs }: Intent): void {
  if (within && point.maskFrom === 'trained' && pruneEpochs === 0) {
    const what = point.dynamics === undefined ? `The schedule '${schedule.id}'` : recipe.paradigm;
    throw inputError('recipe/no-epochs', `${what} prunes while it trains and needs epochs.`, {
      field: 'prune.epochs',
      remedy: 'Set prune.epochs to 1 or more.',
    });
  }
  if (schedule.when !== 'within') return;
  if (point.maskFrom === 'init' || point.startFrom !== 'found' || point.train === 'rewound') {
    throw inputError(
      'recipe/schedule',
      `The schedule '${schedule.id}' prunes within a training, and ${recipe.paradigm} makes its masks between trainings.`,
      { field: 'prune.schedule', remedy: "Choose 'one-shot', 'iterative' or 'linear'." },
    );
  }
}
