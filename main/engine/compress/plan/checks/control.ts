import { termsOf } from '../../../../contract/amount.ts';
import { inputError } from '../../../../contract/errors.ts';
import { thingsOf } from '../../../../words/amounts.ts';
import type { Intent } from '../intent.ts';

/** @throws EspalierError for a sanity control that means nothing here */
export function refuseUnfitControl(intent: Intent): void {
  const { recipe, point, within, shrinks, control, fusing } = intent;
  const between = point.maskFrom === 'init' || (point.maskFrom === 'trained' && !within);
  if (control === 'shuffle' && !between) {
    throw inputError(
      'recipe/control',
      'Shuffling needs a mask that is made between trainings, not within one.',
      {
        field: 'prune.control',
        remedy: "Choose the schedule 'one-shot' or 'iterative', or another control.",
      },
    );
  }
  if (control === 'reinitialize' && point.rescale === true) {
    throw inputError('recipe/control', `${recipe.paradigm} scales the weights that this control replaces.`, {
      field: 'prune.control',
      remedy: "Choose the paradigm 'snip', or another control.",
    });
  }
  if (control !== 'none' && fusing !== null) return refuseUnfusable(intent);
  if (control === 'scratch' && !shrinks) {
    throw inputError(
      'recipe/control',
      'The smaller network cannot be trained from scratch where single weights are pruned and none is smaller.',
      {
        field: 'prune.control',
        remedy: "Choose the structure 'channel', or the control 'reinitialize'.",
      },
    );
  }
  if (point.control !== undefined && recipe.prune.control !== undefined) {
    throw inputError('recipe/control', `${recipe.paradigm} is a control itself.`, {
      field: 'prune.control',
      remedy: "Leave prune.control out, or choose the paradigm 'imp'.",
    });
  }
}

/** A shallow network can be drawn anew; it is trained for as many epochs as the fused one, whose number must be known before. */
function refuseUnfusable({ recipe, control }: Intent): void {
  if (control === 'shuffle' || control === 'invert') {
    throw inputError('recipe/control', `${recipe.paradigm} fuses layers and makes no masks.`, {
      field: 'prune.control',
      remedy: "Choose the control 'reinitialize' or 'scratch', or leave it out.",
    });
  }
  const [other] = termsOf(recipe.budget).filter(({ kind }) => kind !== 'layers');
  if (other === undefined && recipe.budget.accuracyDrop === undefined) return;
  const things = other === undefined ? 'accuracy' : thingsOf(other.kind);
  throw inputError(
    'recipe/control',
    `How many fusions a budget of ${things} takes shows on the way, and the control trains as long as they do.`,
    { field: 'prune.control', remedy: 'Ask for layers alone, or leave prune.control out.' },
  );
}
