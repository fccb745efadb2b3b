import { win32 } from 'node:path';
import type { Catalog } from '../contract/catalog.ts';
import { structureNow } from '../words/structure-now.ts';
import { isModelPath } from '../contract/paths.ts';
import type { Recipe } from '../contract/recipe.ts';
import { nameInWords } from '../words/run-name.ts';

/** What names are made of; without a catalog, of ids: no run waits for its name. */
export const noWords: Words = { networks: [], paradigms: [], structures: [] };
type Words = Pick<Catalog, 'networks' | 'paradigms' | 'structures'>;

/** A run's name, in the words of the catalog where the recipe has none. */
export function nameOfRun(recipe: Recipe, { networks, paradigms, structures }: Words): string {
  const { network, paradigm: id, prune } = recipe;
  const paradigm = paradigms.find((one) => one.id === id);
  const structure = paradigm && structures.find((one) => one.id === structureNow(paradigm, prune));
  const labels = {
    // A file is called by its name alone; paths of either kind of system end alike for the rules of Windows.
    network: isModelPath(network)
      ? win32.basename(network)
      : (networks.find((one) => one.id === network)?.label ?? network),
    paradigm: paradigm?.label ?? id,
  };
  return nameInWords(recipe, labels, structure?.countsChannels === true ? 'channels' : 'sparsity');
}
