import type { Recipe } from '../../contract/recipe.ts';
import type { Baseline } from '../../contract/sweep.ts';
import { epochsOf } from '../compress/framework.ts';
import { paradigms } from '../compress/paradigms/index.ts';
import { planOf } from '../compress/plan/plan.ts';
import { structureMeant } from '../compress/structures/meant.ts';
import { structures } from '../compress/structures/index.ts';
import { checkRecipe, type CheckedRecipe } from '../recipe/check.ts';
import { baselineVariants } from './baselines.ts';
import { withOverrides } from './expand.ts';

/**
 * The recipe of a free baseline to hold a run against: the same network, data, seed and trainings, another way of pruning or
 * none. What was set for the other way of pruning is left out, except where that way's own smaller network is the baseline. Where
 * epochs are the point, and wherever channels leave, all epochs after the dense training go into the fine-tuning.
 */
export function baselineRecipe(recipe: Recipe, baseline: Baseline): CheckedRecipe {
  const { exclude } = recipe.prune;
  const { point } = paradigms.get(recipe.paradigm);
  const kind = structureMeant(recipe.prune, point);
  const leaves = point.fuses === true || structures.get(kind).leaves === true;
  const asked = { baselines: [baseline], budgets: [recipe.budget], paradigms: [recipe.paradigm], leaves };
  const [variant] = baselineVariants(asked);
  if (variant === undefined) throw new Error(`no baseline '${baseline}'`);
  const { paradigm, label, set = {} } = variant;
  const whole = exclude === undefined ? {} : { exclude };
  const alike = { ...whole, ...(kind !== 'element' && { structure: { ...recipe.prune.structure, kind } }) };
  const prune: Readonly<Record<Baseline, Recipe['prune']>> = {
    random: alike,
    magnitude: alike,
    // Dense baselines prune nothing.
    longer: whole,
    narrow: {},
    scratch: recipe.prune,
  };
  const trained = baseline === 'longer' || (leaves && (baseline === 'random' || baseline === 'magnitude'));
  const plain = {
    ...recipe,
    ...(trained && { finetune: wholeTraining(recipe, leaves) }),
    name: `${recipe.name === undefined ? '' : `${recipe.name}: `}${label ?? paradigms.get(paradigm).label}`.slice(
      0,
      200,
    ),
    prune: prune[baseline],
  };
  return checkRecipe({
    ...withOverrides(plain, set),
    paradigm,
    budget: variant.budgets?.[0] ?? recipe.budget,
  });
}

/** Fine-tuning for as many epochs as the recipe trains after its dense training; as the dense network is trained where it has none. */
function wholeTraining(recipe: Recipe, leaves: boolean): Recipe['finetune'] {
  const spec = recipe.finetune ?? (leaves ? recipe.dense : undefined);
  if (spec === undefined) return undefined;
  const epochs = planOf(recipe).reduce(
    (sum, stage) => sum + (stage.id === 'dense' || (stage.attempt ?? 0) > 0 ? 0 : epochsOf(stage)),
    0,
  );
  return { ...spec, epochs: Math.ceil(epochs) };
}
