import { inputError } from '../../../../contract/errors.ts';
import type { Recipe } from '../../../../contract/recipe.ts';
import { criteria } from '../../criteria/index.ts';
import type { Point, Stage } from '../../framework.ts';
import type { Selection } from '../../selection.ts';
import { refuseUnfitBudget } from './budget.ts';
import { refuseUnfitDynamics } from './dynamics.ts';
import { refuseUnfitStructure } from './structure.ts';
import { refuseUnusedSettings } from '../../settings.ts';
import type { Schedule } from '../../schedules/schedule.ts';

/** What a recipe and its paradigm come to, before stages are made of it. */
export interface Intent {
  readonly recipe: Recipe;
  readonly point: Point;
  readonly schedule: Schedule;
  readonly selection: Selection;
  readonly control: string;
  readonly pruneEpochs: number;
  /** Masks are made while the network trains. */
  readonly within: boolean;
  /** Epochs into the dense training to which kept weights go back. */
  readonly rewind: number;
}

/** Refuses combinations that mean nothing. @throws EspalierError naming the field and the reason. */
export function refuseUnfit(intent: Intent): void {
  refuseUnfitDynamics(intent.recipe, intent.point);
  refuseUnfitSchedule(intent);
  refuseUnfitCriterion(intent);
  refuseUnfitScope(intent);
  refuseUnfitControl(intent);
  refuseUnfitRewinding(intent);
  refuseUnusedSettings(intent.recipe, intent.point);
  refuseUnfitBudget(intent.recipe);
  refuseUnfitStructure(intent);
}

/** @throws EspalierError for a penalty on scales that no training before a pruning would feel. */
export function refuseUnusedSlimming(recipe: Recipe, stages: readonly Stage[]): void {
  const used = stages.some((stage) => stage.kind === 'train' && stage.slimming !== undefined);
  if (recipe.prune.slimming === undefined || used) return;
  throw inputError('recipe/slimming', `${recipe.paradigm} trains nothing on whose scales it goes by.`, {
    field: 'prune.slimming',
    remedy: "Choose the criterion 'bn-scale' and add a dense training, or leave prune.slimming out.",
  });
}

function refuseUnfitSchedule({ recipe, point, schedule, within, pruneEpochs }: Intent): void {
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

/** A criterion that compares with the initial weights needs a training in this run that began with them. */
function refuseUnfitCriterion({ recipe, point, selection }: Intent): void {
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

function refuseUnfitScope({ recipe, selection }: Intent): void {
  const { layers } = recipe.prune;
  if (selection.scope === 'by-hand' && layers === undefined) {
    throw inputError('recipe/layers', "The scope 'by-hand' needs the sparsities of layers.", {
      field: 'prune.layers',
      remedy: 'Give them by parameter, as in `layers: {fc1.weight: 0.95}`.',
    });
  }
  if (selection.scope !== 'by-hand' && layers !== undefined) {
    throw inputError(
      'recipe/layers',
      `The scope '${selection.scope}' takes no sparsities of single layers.`,
      {
        field: 'prune.layers',
        remedy: "Leave prune.layers out, or choose the scope 'by-hand'.",
      },
    );
  }
  if (selection.scope !== 'erdos-renyi' && recipe.prune.epsilon !== undefined) {
    throw inputError('recipe/epsilon', `The scope '${selection.scope}' takes no epsilon.`, {
      field: 'prune.epsilon',
      remedy: "Leave prune.epsilon out, or choose the scope 'erdos-renyi'.",
    });
  }
  const excluded = Object.keys(layers ?? {}).find((name) => selection.exclude.includes(name));
  if (excluded !== undefined) {
    throw inputError('recipe/layers', `'${excluded}' has a sparsity and is excluded from pruning.`, {
      field: 'prune.layers',
      remedy: 'Take it out of prune.layers or of prune.exclude.',
    });
  }
  const criterion = criteria.get(selection.criterion);
  if (criterion.scopes !== undefined && !criterion.scopes.ids.includes(selection.scope)) {
    throw inputError(
      'recipe/scope',
      `The criterion '${criterion.id}' does not go with the scope '${selection.scope}': ${criterion.scopes.why}.`,
      { field: 'prune.scope', remedy: `Choose: ${criterion.scopes.ids.join(', ')}.` },
    );
  }
}

function refuseUnfitControl({ recipe, point, within, control }: Intent): void {
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
  if (point.control !== undefined && recipe.prune.control !== undefined) {
    throw inputError('recipe/control', `${recipe.paradigm} is a control itself.`, {
      field: 'prune.control',
      remedy: "Leave prune.control out, or choose the paradigm 'imp'.",
    });
  }
}

function refuseUnfitRewinding({ recipe, point, rewind, control }: Intent): void {
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
