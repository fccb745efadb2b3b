import { inputError } from '../../contract/errors.ts';
import type { Recipe, TrainSpec } from '../../contract/recipe.ts';
import { trainSpecSchema } from '../../contract/recipe.ts';
import type { StageInfo } from '../../contract/run.ts';
import { criteria } from './criteria/index.ts';
import type { DynamicsSpec } from './dynamics/dynamics.ts';
import { paradigms } from './paradigms/index.ts';
import { schedules } from './schedules/index.ts';
import { scopes } from './scopes/index.ts';

/**
 * The one place where mask, weights and training are composed. In the survey's words (arXiv 2103.06460) a run is
 *
 *     mask    M  = select(score(weights, data), budget, scope, schedule)
 *     result  w* = train(M * w0, k3 steps)
 *
 * and a paradigm is a point in the space of these choices. `planOf` turns a recipe's point into a list of stages, with every
 * loop unrolled, so that a run's position is one number and resuming it is going on in the list.
 */
export interface Point {
  readonly criterion: string;
  readonly scope: string;
  readonly schedule: string;
  /** Rounds of an iterative schedule. */
  readonly rounds: number;
  /** How often a schedule that prunes within training makes new masks. */
  readonly updatesPerEpoch: number;
}

/** What selects a mask. */
export interface Selection {
  readonly criterion: string;
  readonly scope: string;
  readonly exclude: readonly string[];
}

export type Stage =
  /** Trains under the current masks; with `dynamics`, masks, penalties or scores change on the way. */
  | {
      readonly kind: 'train';
      readonly id: string;
      readonly label: string;
      readonly spec: TrainSpec;
      readonly dynamics?: DynamicsSpec;
    }
  | {
      readonly kind: 'prune';
      readonly id: string;
      readonly label: string;
      readonly selection: Selection;
      /** Sparsity to reach. */
      readonly target: number;
    }
  /** Measures on the test part and keeps the result as one side of the report. */
  | {
      readonly kind: 'evaluate';
      readonly id: string;
      readonly label: string;
      readonly side: 'dense' | 'compressed';
    };

/**
 * The stages of a recipe.
 * @throws EspalierError when the recipe names something unknown or combines what does not go together.
 */
export function planOf(recipe: Recipe): Stage[] {
  const paradigm = paradigms.get(recipe.paradigm, 'paradigm');
  const schedule = schedules.get(recipe.prune.schedule ?? paradigm.point.schedule, 'prune.schedule');
  const selection: Selection = {
    criterion: criteria.get(recipe.prune.criterion ?? paradigm.point.criterion, 'prune.criterion').id,
    scope: scopes.get(recipe.prune.scope ?? paradigm.point.scope, 'prune.scope').id,
    exclude: recipe.prune.exclude ?? [],
  };
  const target = recipe.budget.sparsity;
  const pruneEpochs = recipe.prune.epochs ?? paradigm.defaults.pruneEpochs ?? 0;
  const pruneSpec = trainingWhilePruning(recipe, pruneEpochs);

  const stages: Stage[] = [];
  if (recipe.dense !== undefined) {
    stages.push({ kind: 'train', id: 'dense', label: 'Train dense', spec: recipe.dense });
  }
  stages.push({ kind: 'evaluate', id: 'evaluate-dense', label: 'Evaluate dense', side: 'dense' });
  if (schedule.when === 'within') {
    if (pruneEpochs === 0) {
      throw inputError(
        'recipe/no-epochs',
        `The ${schedule.label} schedule prunes while it trains and needs epochs.`,
        {
          field: 'prune.epochs',
          remedy: 'Set prune.epochs to 1 or more.',
        },
      );
    }
    const updates = pruneEpochs * (recipe.prune.updatesPerEpoch ?? paradigm.point.updatesPerEpoch);
    const dynamics = { id: 'gradual', selection, target, targets: schedule.targets(target, updates) };
    stages.push({ kind: 'train', id: 'prune', label: 'Prune gradually', spec: pruneSpec, dynamics });
  } else {
    const targets = schedule.targets(target, recipe.prune.rounds ?? paradigm.point.rounds);
    targets.forEach((goal, i) => {
      const round = targets.length > 1 ? ` ${i + 1} of ${targets.length}` : '';
      stages.push({ kind: 'prune', id: `prune-${i + 1}`, label: `Prune${round}`, selection, target: goal });
      if (i < targets.length - 1 && pruneEpochs > 0) {
        stages.push({ kind: 'train', id: `train-${i + 1}`, label: `Train${round}`, spec: pruneSpec });
      }
    });
  }
  if (recipe.finetune !== undefined && recipe.finetune.epochs > 0) {
    stages.push({ kind: 'train', id: 'finetune', label: 'Fine-tune', spec: recipe.finetune });
  }
  stages.push({
    kind: 'evaluate',
    id: 'evaluate-compressed',
    label: 'Evaluate compressed',
    side: 'compressed',
  });
  return stages;
}

/** The plan as people see it. */
export function stageInfos(stages: readonly Stage[]): StageInfo[] {
  return stages.map((stage) => ({
    id: stage.id,
    label: stage.label,
    epochs: stage.kind === 'train' ? stage.spec.epochs : 0,
  }));
}

/**
 * Training while pruning goes on needs a learning rate that is still high enough to recover (Gale et al. 2019): the
 * fine-tuning's (or else the dense training's) settings with a constant rate.
 */
function trainingWhilePruning(recipe: Recipe, epochs: number): TrainSpec {
  const base = recipe.finetune ?? recipe.dense ?? trainSpecSchema.parse({ epochs });
  return { ...base, epochs, schedule: 'constant', warmup: 0 };
}
