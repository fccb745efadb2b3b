import type { Recipe } from '../../../contract/recipe.ts';
import type { Network } from '../../network/graph.ts';
import type { Stage } from '../framework.ts';
import { refuseUnfit, refuseUnused } from './checks/index.ts';
import { attemptsOf, type Outcome } from './attempts.ts';
import { intentOf } from './intent.ts';
import { stagesOf } from './stages.ts';

/**
 * The stages of a recipe.
 * @param base the network as it came, of which a budget's number is a share; without it the plan is good for its stages alone
 * @param outcomes what attempts to keep a floor under accuracy came to so far
 * @throws EspalierError when the recipe names something unknown or combines what does not go together.
 */
export function planOf(recipe: Recipe, base?: Network, outcomes: readonly Outcome[] = []): Stage[] {
  const intent = intentOf(recipe, base);
  refuseUnfit(intent);
  // Fusions go on until one breaks the floor, and need no attempts.
  const floor = recipe.budget.accuracyDrop !== undefined && intent.fusing === null;
  const stages = floor ? attemptsOf(intent, outcomes, stagesOf) : stagesOf(intent);
  refuseUnused(recipe, stages);
  return stages;
}
