import { stringify } from 'yaml';
import type { Context, Handlers } from './context.ts';
import { checkDataPaths, checkNetworkPath, checkRecipePaths } from './paths.ts';

export function recipeHandlers({
  queries,
  roots,
  store,
  tell,
}: Context): Handlers<'recipes' | 'networks' | 'data'> {
  return {
    'recipes.check': ({ recipe }) => queries.checkRecipe(recipe),
    'recipes.toYaml': ({ recipe }) => stringify(recipe, { lineWidth: 0 }),
    'recipes.baselines': ({ recipe, baselines }) =>
      baselines.length === 0 ? [] : queries.baselines(recipe, baselines),
    'recipes.forecast': async ({ recipe, asker }) => {
      await checkRecipePaths(roots, recipe);
      const { device } = store.settings.get();
      return queries.forecast({ recipe, asker, device }, (fraction) =>
        tell({ type: 'forecast', asker, fraction }),
      );
    },
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
