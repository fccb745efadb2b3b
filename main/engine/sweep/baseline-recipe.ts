import type { Recipe } from '../../contract/recipe.ts';
import type { Baseline } from '../../contract/sweep.ts';
import { paradigms } from '../compress/paradigms/index.ts';
import { checkRecipe, type CheckedRecipe } from '../recipe/check.ts';
import { baselineVariants } from './baselines.ts';
import { withOverrides } from './expand.ts';

/**
 * The recipe of a free baseline to hold a run against: the same network, data, seed and trainings, another way of pruning or
 * none. What was set for the other way of pruning is left out; where more epochs are the point, those in which it prunes are
 * added to the fine-tuning.
 */
export function baselineRecipe(recipe: Recipe, baseline: Baseline): CheckedRecipe {
  const [variant] = baselineVariants({ baselines: [baseline], budgets: [recipe.budget] });
  if (variant === undefined) throw new Error(`no baseline '${baseline}'`);
  const { paradigm, label, set = {} } = variant;
  const { exclude } = recipe.prune;
  const kind = recipe.prune.structure?.kind ?? paradigms.get(recipe.paradigm).point.structure;
  // Dense baselines prune nothing.
  const structure =
    kind === undefined || baseline === 'longer' ? undefined : { ...recipe.prune.structure, kind };
  const plain = {
    ...recipe,
    ...(baseline === 'longer' && { finetune: longer(recipe) }),
    name: `${recipe.name === undefined ? '' : `${recipe.name}: `}${label ?? paradigm}`.slice(0, 200),
    prune: baseline === 'narrow' ? {} : { ...(exclude && { exclude }), ...(structure && { structure }) },
  };
  return checkRecipe({
    ...withOverrides(plain, set),
    paradigm,
    budget: variant.budgets?.[0] ?? recipe.budget,
  });
}

function longer({ finetune, prune, paradigm }: Recipe): Recipe['finetune'] {
  if (finetune === undefined) return undefined;
  const pruning = prune.epochs ?? paradigms.get(paradigm).defaults.pruneEpochs ?? 0;
  return { ...finetune, epochs: finetune.epochs + pruning };
}
