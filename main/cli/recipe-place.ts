import { mkdir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { dataSourceSchema } from '../contract/data.ts';
import { inputError } from '../contract/errors.ts';
import { isModelPath, pathsIn } from '../contract/paths.ts';
import type { Recipe, RecipeInput } from '../contract/recipe.ts';
import { withoutDefaults } from '../contract/without-defaults.ts';
import { checkRecipe } from '../engine/recipe/check.ts';
import { fileProblems } from '../engine/recipe/files.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { fileError } from '../files/problems.ts';
import { ProblemsError, readDataOption } from './recipe-file.ts';

/** A recipe that does not exist yet: where it will be, and what it names as seen from there. */
export interface NewRecipe {
  readonly network: string;
  readonly data: RecipeInput['data'];
  /**
   * Checks the recipe's text with everything it names, and writes it.
   * @throws ProblemsError with everything that is wrong in it; then nothing is written
   */
  readonly write: (text: string) => Promise<Recipe>;
}

/**
 * @param given network, data and file as a person named them, from the folder `cwd`
 * @throws EspalierError where there is a file of this name already
 */
export async function newRecipe(
  given: { readonly network: string; readonly data: string; readonly out: string },
  cwd: string,
): Promise<NewRecipe> {
  const path = resolve(cwd, given.out);
  if (await stat(path).catch(() => null)) {
    throw inputError('recipe/exists', 'There is a file of this name already.', {
      file: given.out,
      remedy: 'Choose another name, or remove it first.',
    });
  }
  return {
    network: isModelPath(given.network) ? fromFolder(given.network, cwd, path) : given.network,
    data: await dataFor(given.data, cwd, path),
    async write(text) {
      const { recipe, problems } = checkRecipe(text, given.out);
      if (recipe === null) throw new ProblemsError(problems);
      const missing = await fileProblems(recipe, dirname(path));
      if (missing.length > 0) throw new ProblemsError(missing);
      await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
        throw fileError(error, dirname(given.out), 'make this folder');
      });
      await writeFileAtomic(path, text);
      return recipe;
    },
  };
}

/** A path that was given from one folder, as the recipe has to say it. */
function fromFolder(path: string, from: string, recipe: string): string {
  if (isAbsolute(path)) return path;
  const shown = relative(dirname(recipe), resolve(from, path));
  // A file without a folder or an ending would be a name of the zoo.
  return isModelPath(shown) ? shown : `./${shown}`;
}

/** Data as they were given, with their paths from the recipe's folder. */
async function dataFor(given: string, cwd: string, recipe: string): Promise<RecipeInput['data']> {
  const { data, baseFolder } = await readDataOption(given, cwd);
  if (data === 'digits') return data;
  const outer = new Set(
    pathsIn(dataSourceSchema, data).flatMap(({ field, parts }) => (parts.length === 1 ? [field] : [])),
  );
  const moved = Object.entries(data).map(([key, value]) => [
    key,
    outer.has(key) && typeof value === 'string' ? fromFolder(value, baseFolder, recipe) : (value as unknown),
  ]);
  // What a person did not say is left to its default.
  return withoutDefaults(dataSourceSchema, Object.fromEntries(moved)) as RecipeInput['data'];
}
