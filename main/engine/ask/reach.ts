import { EspalierError, type Problem } from '../../contract/errors.ts';
import { refuseUnreachable } from '../compress/plan/reach.ts';
import type { Network } from '../network/graph.ts';
import { checkRecipe } from '../recipe/check.ts';

/**
 * Why a recipe cannot meet its budget with a network, however its weights are scored; null where nothing is known to stand in the way,
 * and of recipes that do not go together anyway.
 * @param network as a run uses it: of a file, fitted to its data
 */
export function outOfReach(input: unknown, network: Network): Problem | null {
  const { recipe } = checkRecipe(input);
  if (recipe === null) return null;
  try {
    refuseUnreachable(recipe, network);
    return null;
  } catch (error) {
    if (error instanceof EspalierError) return error.problem;
    throw error;
  }
}
