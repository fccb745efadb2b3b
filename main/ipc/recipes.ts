import { stringify } from 'yaml';
import type { Context, Handlers } from './context.ts';
import { checkDataPaths, checkNetworkPath } from './paths.ts';

export function recipeHandlers({ queries, roots }: Context): Handlers<'recipes' | 'networks' | 'data'> {
  return {
    'recipes.check': ({ recipe }) => queries.checkRecipe(recipe),
    'recipes.toYaml': ({ recipe }) => stringify(recipe, { lineWidth: 0 }),
    'networks.inspect': async ({ network, data }) => {
      await checkNetworkPath(roots, network);
      if (data !== null) await checkDataPaths(roots, data);
      return queries.inspectNetwork(network, data);
    },
    'data.inspect': async ({ data }) => {
      await checkDataPaths(roots, data);
      return queries.inspectData(data);
    },
  };
}
