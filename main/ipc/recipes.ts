import { dataSpecSchema, type DataSpec } from '../contract/data.ts';
import { recipeSchema } from '../contract/recipe.ts';
import { speedFolder } from '../files/folders.ts';
import type { Context, Handlers } from './context.ts';
import { checkPaths } from './paths.ts';
import type { Asking } from './queries.ts';
import { sensitivityFile } from './sensitivity-file.ts';

export function recipeHandlers({
  queries,
  roots,
  store,
  tell,
  dataFolder,
}: Context): Handlers<'recipes' | 'networks' | 'data'> {
  const device = () => store.settings.get().device;
  const asking = (asker: string): Asking => ({
    asker,
    progress: (fraction) => tell({ type: 'answering', asker, fraction }),
  });
  const checkNetworkPaths = async ({ network, data }: { network: string; data: DataSpec | null }) => {
    await checkPaths(roots, recipeSchema.shape.network, network);
    if (data !== null) await checkPaths(roots, dataSpecSchema, data);
  };
  return {
    'recipes.check': ({ recipe }) => queries.checkRecipe(recipe),
    'recipes.outlooks': ({ recipes }) => queries.outlooks(recipes),
    'recipes.baselines': ({ recipe, baselines }) =>
      baselines.length === 0 ? [] : queries.baselines(recipe, baselines),
    'recipes.forecast': async ({ recipe, asker }) => {
      await checkPaths(roots, recipeSchema, recipe);
      return queries.forecast({ recipe, device: device() }, asking(asker));
    },
    'recipes.sensitivity': async ({ recipe, asker }) => {
      await checkPaths(roots, recipeSchema, recipe);
      const file = sensitivityFile(dataFolder, recipe);
      return queries.sensitivity({ recipe, device: device(), file }, asking(asker));
    },
    'recipes.speed': async ({ recipe, asker }) => {
      await checkPaths(roots, recipeSchema, recipe);
      const cacheFolder = speedFolder(dataFolder);
      return queries.speed({ recipe, device: device(), cacheFolder }, asking(asker));
    },
    'recipes.giveUp': ({ asker }) => {
      queries.giveUp(asker);
      return null;
    },
    'networks.inspect': async (asked) => {
      await checkNetworkPaths(asked);
      return queries.inspectNetwork(asked);
    },
    'networks.graph': async (asked) => {
      await checkNetworkPaths(asked);
      return queries.networkGraph(asked);
    },
    'networks.groups': async (asked) => {
      await checkNetworkPaths(asked);
      return queries.networkGroups(asked);
    },
    'networks.reach': async (asked) => {
      await checkNetworkPaths(asked);
      return queries.reach(asked);
    },
    'data.inspect': async (asked) => {
      await checkPaths(roots, dataSpecSchema, asked.data);
      return queries.inspectData(asked);
    },
  };
}
