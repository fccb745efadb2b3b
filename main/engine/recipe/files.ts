import type { Problem } from '../../contract/errors.ts';
import { EspalierError } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { isModelPath } from '../../contract/paths.ts';
import { formatOf, modelPlace } from '../formats/read.ts';
import { weightFormatOf } from '../formats/weights/read.ts';
import { locate } from '../data/files/place.ts';

/**
 * Looks for the model files that a recipe names and at their first bytes; whether all of it can be read shows when the run
 * starts.
 * @param baseFolder folder that relative paths start from: the recipe's
 */
export async function fileProblems(
  { network, weights }: Pick<Recipe, 'network' | 'weights'>,
  baseFolder: string,
): Promise<Problem[]> {
  const found = [
    isModelPath(network)
      ? await problemOf('network', network, async () => formatOf(await modelPlace(network, baseFolder)))
      : undefined,
    weights === undefined
      ? undefined
      : await problemOf('weights', weights, () => weightFormatOf(locate(baseFolder, weights))),
  ];
  return found.filter((problem) => problem !== undefined);
}

async function problemOf(
  field: string,
  shown: string,
  look: () => Promise<unknown>,
): Promise<Problem | undefined> {
  try {
    await look();
    return undefined;
  } catch (error) {
    if (!(error instanceof EspalierError)) throw error;
    const { message, file = shown } = error.problem;
    return { ...error.problem, message: `${file}: ${message}`, field };
  }
}
