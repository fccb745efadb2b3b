import type { DataSpec } from '../contract/data.ts';
import type { Recipe } from '../contract/recipe.ts';
import type { Roots } from '../files/roots.ts';

/** Whether a recipe's network is a file rather than a name of the zoo. */
export function isNetworkFile(network: string): boolean {
  return /[/\\]|\.[a-z][a-z0-9]*$/i.test(network);
}

/**
 * Sees to it that the screens only make the engine read what may be read here.
 * @throws EspalierError 'files/outside' or 'files/missing'
 */
export async function checkNetworkPath(roots: Roots, network: string): Promise<void> {
  if (isNetworkFile(network)) await roots.resolve(network);
}

/** The same for all paths of a data source. */
export async function checkDataPaths(roots: Roots, data: DataSpec): Promise<void> {
  if (data === 'digits' || data.kind === 'digits') return;
  await roots.resolve(data.path);
  if (data.kind === 'csv' && data.testPath !== undefined) await roots.resolve(data.testPath);
  if (data.kind === 'idx' && data.files !== undefined) {
    for (const file of Object.values(data.files)) {
      if (file !== undefined) await roots.resolve(data.path, file);
    }
  }
}

/** The same for everything that a recipe names. */
export async function checkRecipePaths(roots: Roots, recipe: Recipe): Promise<void> {
  await checkNetworkPath(roots, recipe.network);
  if (recipe.weights !== undefined) await roots.resolve(recipe.weights);
  await checkDataPaths(roots, recipe.data);
}
