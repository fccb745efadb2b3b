import { EspalierError, type Problem } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { intentOf } from '../compress/plan/intent.ts';
import { refuseUnreachable } from '../compress/plan/reach.ts';
import { unitsOf } from '../compress/select.ts';
import type { Network } from '../network/graph.ts';
import { checkRecipe } from '../recipe/check.ts';

/**
 * Why recipes cannot meet their budgets with a network, however its weights are scored; null where nothing is known to stand in the way,
 * and for recipes that do not go together anyway.
 * @param network as a run uses it: of a file, fitted to its data
 */
export function outOfReach(inputs: readonly unknown[], network: Network): (Problem | null)[] {
  // Methods that prune the same units to the same end come equally far: each of these is looked at once.
  const known = new Map<string, Problem | null>();
  return inputs.map((input) => {
    const { recipe } = checkRecipe(input);
    if (recipe === null) return null;
    try {
      const key = sameReach(recipe, network);
      const before = known.get(key);
      if (before !== undefined) return before;
      const found = refusal(recipe, network);
      known.set(key, found);
      return found;
    } catch (error) {
      if (error instanceof EspalierError) return error.problem;
      throw error;
    }
  });
}

function refusal(recipe: Recipe, network: Network): Problem | null {
  try {
    refuseUnreachable(recipe, network);
    return null;
  } catch (error) {
    if (error instanceof EspalierError) return error.problem;
    throw error;
  }
}

/** The same text for recipes that come equally far. */
function sameReach(recipe: Recipe, network: Network): string {
  const { selection, target, free, fusing } = intentOf(recipe, network);
  const { measure, cap, structure, exclude } = selection;
  const { groups, without } = unitsOf(network, selection);
  // What cannot leave at all is told with the method's name.
  const name = without === undefined ? recipe.paradigm : '';
  const units = groups.map((group) => [group.name, group.units]);
  return JSON.stringify([name, target, free, fusing !== null, measure, cap, structure, exclude, units]);
}
