import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Recipe } from '../contract/recipe.ts';
import { sensitivityFolder } from '../files/folders.ts';
import { makePrivateFolder } from '../files/private.ts';

/**
 * Where a sensitivity analysis is kept, within the data folder: one file for all recipes that differ in what it does not hang on.
 * What lies there is taken only if its fingerprint is that of network, data and criterion.
 */
export function sensitivityFile(dataFolder: string, recipe: Recipe): string {
  const { network, output, data, seed, init, dense, paradigm, prune } = recipe;
  const { layers: _layers, scope: _scope, cap: _cap, ...scored } = prune;
  const text = JSON.stringify({ network, output, data, seed, init, dense, paradigm, scored });
  const folder = sensitivityFolder(dataFolder);
  makePrivateFolder(folder);
  return join(folder, `${createHash('sha256').update(text).digest('hex').slice(0, 32)}.json`);
}
