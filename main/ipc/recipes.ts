import { stringify } from 'yaml';
import { dataSpecSchema } from '../contract/data.ts';
import { recipeSchema } from '../contract/recipe.ts';
import type { Context, Handlers } from './context.ts';
import { checkPaths } from './paths.ts';

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
      await checkPaths(roots, recipeSchema, recipe);
      const { device } = store.settings.get();
      return queries.forecast({ recipe, asker, device }, (fraction) =>
        tell({ type: 'forecast', asker, fraction }),
      );
    },
    'networks.inspect': async ({ network, data, output }) => {
      await checkPaths(roots, recipeSchema.shape.network, network);
      if (data !== null) await checkPaths(roots, dataSpecSchema, data);
      return queries.inspectNetwork(network, data, output);
    },
    'networks.groups': async (asked) => {
      await checkPaths(roots, recipeSchema.shape.network, asked.network);
      if (asked.data !== null) await checkPaths(roots, dataSpecSchema, asked.data);
      return queries.networkGroups(asked);
    },
    'data.inspect': async ({ data }) => {
      await checkPaths(roots, dataSpecSchema, data);
      return queries.inspectData(data);
    },
  };
}
