import type { z } from 'zod';
import { pathsIn } from '../contract/paths.ts';
import { recipeSchema, type Recipe } from '../contract/recipe.ts';
import type { Roots } from '../files/roots.ts';
import { inTurns } from '../jobs/in-turns.ts';

/**
 * Sees to it that the screens only make the engine read what may be read here: every path that a value of this schema names.
 * @throws EspalierError 'files/outside' or 'files/missing'
 */
export async function checkPaths<T extends z.ZodType>(
  roots: Roots,
  schema: T,
  value: z.output<T>,
): Promise<void> {
  for (const { parts } of pathsIn(schema, value)) await roots.resolve(...parts);
}

/**
 * The same for many recipes, of which most name the same.
 * @throws EspalierError 'files/outside' or 'files/missing'
 */
export async function checkPathsOfAll(roots: Roots, recipes: Iterable<Recipe>): Promise<void> {
  const named = new Map<string, readonly string[]>();
  await inTurns(recipes, (recipe) => {
    for (const { parts } of pathsIn(recipeSchema, recipe)) named.set(parts.join('\0'), parts);
  });
  for (const parts of named.values()) await roots.resolve(...parts);
}
