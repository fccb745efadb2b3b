import type { Problem } from '../../contract/errors.ts';
import { EspalierError } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { isModelPath } from '../formats/model-path.ts';
import { formatOf, modelPlace } from '../formats/read.ts';

/**
 * Looks for the model file that a recipe names and at its first bytes; whether all of it can be read shows when the run
 * starts.
 * @param baseFolder folder that relative paths start from: the recipe's
 */
export async function fileProblems(
  { network }: Pick<Recipe, 'network'>,
  baseFolder: string,
): Promise<Problem[]> {
  if (!isModelPath(network)) return [];
  try {
    await formatOf(await modelPlace(network, baseFolder));
    return [];
  } catch (error) {
    if (!(error instanceof EspalierError)) throw error;
    const { message, file = network } = error.problem;
    return [{ ...error.problem, message: `${file}: ${message}`, field: 'network' }];
  }
}
