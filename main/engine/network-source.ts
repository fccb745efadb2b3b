import { inputError } from '../contract/errors.ts';
import type { Recipe } from '../contract/recipe.ts';
import type { Dataset } from './data/dataset.ts';
import type { Network, WeightSet } from './network/graph.ts';
import { initialize } from './network/initialize.ts';
import { Random } from './random.ts';
import { zoo } from './zoo/index.ts';

/**
 * The network that a recipe names, fitted to the data, with its first weights: a network of the zoo, freshly initialised.
 * @throws EspalierError when there is no such network or it does not fit the data.
 */
export async function loadNetwork(
  recipe: Pick<Recipe, 'network' | 'seed' | 'dense'>,
  dataset: Pick<Dataset, 'sampleShape' | 'classes'>,
  _baseFolder: string,
): Promise<{ network: Network; weights: WeightSet }> {
  const entry = zoo.get(recipe.network, 'network');
  const network = entry.build({ input: dataset.sampleShape, classes: dataset.classes.length });
  if (recipe.dense === undefined) {
    throw inputError(
      'recipe/untrained',
      `'${recipe.network}' comes without weights and must be trained first.`,
      {
        field: 'dense',
        remedy: 'Add `dense: {epochs: 10}`.',
      },
    );
  }
  return { network, weights: initialize(network, Random.from(recipe.seed, 'weights')) };
}
