import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recipe } from '../contract/recipe.ts';

/**
 * Where a sensitivity analysis is kept, within the data folder: one file for all recipes that differ in what it does not hang on.
 * What lies there is taken only if its fingerprint is that of network, data and criterion.
 */
export async function sensitivityFile(dataFolder: string, recipe: Recipe): Promise<string> {
  const { network, output, data, seed, init, dense, paradigm, prune } = recipe;
  const { layers: _layers, scope: _scope, cap: _cap, ...scored } = prune;
  const text = JSON.stringify({ network, output, data, seed, init, dense, paradigm, scored });
  const folder = join(dataFolder, 'sensitivity');
  await mkdir(folder, { recursive: true });
  return join(folder, `${createHash('sha256').update(text).digest('hex').slice(0, 32)}.json`);
}
