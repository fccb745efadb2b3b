import { inputError } from '../../../contract/errors.ts';
import { carriesWeights, type Recipe, type TrainSpec } from '../../../contract/recipe.ts';
import { epochsOf, type Stage } from '../framework.ts';
import type { Intent } from './intent.ts';
import { FRESH_RATES } from './trained.ts';
import { denseSpec, training } from './trainings.ts';

/** The stage that trains the smaller network from weights drawn anew. */
export const SCRATCH = 'scratch';

/**
 * The stages of the control of Liu et al. 2019 (arXiv 1810.05270): the same small network from scratch. The plan is carried out
 * until the last channels have left; then the smaller network's weights are drawn anew and trained for as many epochs as the
 * plan trains in all. Of fused layers there is a second one, of equal epochs: drawn anew, and trained for as many as the fused
 * network is.
 * @param stages the plan without the control
 * @throws EspalierError where the plan trains nothing
 */
export function fromScratch(intent: Intent, stages: readonly Stage[]): Stage[] {
  const counts = (stage: Stage) => !compares(intent, stage) && !(stage.id === 'dense' && redraws(intent));
  const epochs = stages.reduce((sum, stage) => sum + (counts(stage) ? epochsOf(stage) : 0), 0);
  if (epochs === 0) {
    throw inputError(
      'recipe/control',
      'The smaller network would be trained from scratch for as long as the recipe trains, and it trains nothing.',
      { field: 'prune.control', remedy: 'Add `finetune: {epochs: 10}`, or leave prune.control out.' },
    );
  }
  const cut = stages.findLastIndex(({ kind }) => kind === 'shrink' || kind === 'fuse');
  return [
    ...stages.slice(0, cut + 1),
    { kind: 'restore', id: 'fresh', label: 'Draw fresh weights', from: 'fresh' },
    ...training(intent, SCRATCH, 'Train from scratch', { ...specOf(intent), epochs: Math.ceil(epochs) }),
    ...stages.filter(({ id }) => id === 'recalibrate' || id === 'evaluate-compressed'),
  ];
}

/** Whether the dense training is no part of what the control has in place of it. */
const redraws = ({ control }: Intent): boolean => control === 'reinitialize';

/** The training of a dense network that is only there to be compared with. */
function compares({ point }: Intent, { id }: Stage): boolean {
  return id === 'dense' && point.maskFrom !== 'trained';
}

/**
 * How weights without a past are trained: as the dense network is, where the recipe says how; else as the fine-tuning is, at
 * no gentler a rate than drawn weights need. They learn from a teacher where the fine-tuning would.
 */
function specOf(intent: Intent): TrainSpec {
  const { recipe } = intent;
  const { finetune } = recipe;
  const spec = recipe.dense ?? (finetune === undefined ? denseSpec(intent) : withoutPast(recipe, finetune));
  return { ...spec, ...(finetune?.distill && { distill: finetune.distill }) };
}

function withoutPast(recipe: Recipe, finetune: TrainSpec): TrainSpec {
  if (!carriesWeights(recipe)) return finetune;
  return { ...finetune, lr: Math.max(finetune.lr, FRESH_RATES[finetune.optimizer]) };
}
