import type { CouplingOptions } from '../../../contract/groups.ts';
import { trainSpecSchema, type TrainSpec } from '../../../contract/recipe.ts';
import { criteria } from '../criteria/index.ts';
import type { DynamicsSpec } from '../dynamics/dynamics.ts';
import { dynamicsKinds } from '../dynamics/index.ts';
import type { Stage } from '../framework.ts';
import { USUAL_ROUNDS } from '../settings.ts';
import { couplingOptionsOf } from '../structures/coupled.ts';
import type { Intent } from './intent.ts';

/** What of an intent its trainings are made of. */

type Train = Extract<Stage, { kind: 'train' }>;
type More = Partial<Pick<Train, 'dynamics' | 'slimming' | 'coupling'>>;

export const denseSpec = ({ recipe }: Intent): TrainSpec =>
  recipe.dense ?? trainSpecSchema.parse({ epochs: 10 });

/** A training after the dense one; none where it has no epochs and nothing goes on in it. */
export function training(
  { recipe }: Intent,
  id: string,
  label: string,
  spec: TrainSpec,
  more: More = {},
): Stage[] {
  if (spec.epochs === 0 && more.dynamics === undefined) return [];
  return [
    {
      kind: 'train',
      id,
      label,
      spec,
      part: recipe.finetune === undefined ? 'dense' : 'finetune',
      ...more,
    },
  ];
}

/**
 * Training while pruning goes on needs a learning rate that is still high enough to recover (Gale et al. 2019): the
 * fine-tuning's (or else the dense training's) settings with a constant rate.
 */
export function pruningSpec(intent: Intent): TrainSpec {
  const base = intent.recipe.finetune ?? denseSpec(intent);
  return { ...base, epochs: intent.pruneEpochs, schedule: 'constant', warmup: 0 };
}

/** What goes on in a training that prunes: the paradigm's own dynamics, or masks that follow the schedule. */
function dynamicsOf({ recipe, point, schedule, selection, target, pruneEpochs }: Intent): DynamicsSpec {
  const updates = pruneEpochs * (recipe.prune.updatesPerEpoch ?? point.updatesPerEpoch);
  return {
    id: dynamicsKinds.get(point.dynamics ?? 'gradual').id,
    selection,
    target,
    targets: schedule.targets(target, Math.max(1, updates)),
    options: recipe.prune.dynamics ?? {},
  };
}

/** Which of the couplings that a network allows its channels leave by. */
export const couplingIn = ({ selection }: Intent): CouplingOptions =>
  couplingOptionsOf(selection.structure ?? {});

/** A training that prunes: with its dynamics, and where what they prune stays so, the network gets smaller as it trains. */
export function pruningWithin(intent: Intent): Pick<Train, 'dynamics' | 'coupling'> {
  const dynamics = dynamicsOf(intent);
  const { leaveLate } = dynamicsKinds.get(dynamics.id);
  return {
    dynamics,
    ...(intent.shrinks && leaveLate === null ? { coupling: couplingIn(intent) } : {}),
  };
}

/** What masks that are made between trainings reach, one after the other. */
export function targetsOf({ recipe, point, schedule, target }: Intent): number[] {
  // A paradigm of one round has no number of them for the schedule that a recipe chooses instead.
  const preset = point.rounds === 1 && schedule.id !== point.schedule ? USUAL_ROUNDS : point.rounds;
  const wanted = recipe.prune.rounds ?? preset;
  const count =
    typeof wanted === 'number'
      ? wanted
      : Math.max(1, Math.round(Math.log(1 - target) / Math.log(1 - wanted.rate)));
  return schedule.targets(target, count);
}

/** Learning-rate rewinding goes on with the weights and the optimiser of the end and turns back the schedule alone. */
export function keepOptimizer({ point }: Intent): Pick<Train, 'keepOptimizer'> {
  return point.startFrom === 'found' && point.train === 'rewound' ? { keepOptimizer: true } : {};
}

/**
 * The penalty of network slimming, for trainings on whose scales a selection goes by: what the recipe says, or what the
 * dynamics take from their paper where it says nothing.
 */
export function slimmingOf({ recipe, point, selection }: Intent): Pick<Train, 'slimming'> {
  if (criteria.get(selection.criterion).slims !== true) return {};
  const usual = point.dynamics === undefined ? undefined : dynamicsKinds.get(point.dynamics).slimming;
  const slimming = recipe.prune.slimming ?? usual;
  return slimming === undefined ? {} : { slimming };
}
