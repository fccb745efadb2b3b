import { open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { DataSpec } from '../contract/data.ts';
import { dataSpecSchema } from '../contract/data.ts';
import { dataShorthand } from '../contract/data-shorthand.ts';
import { inputError } from '../contract/errors.ts';
import type { Recipe } from '../contract/recipe.ts';
import { checkRecipe } from '../engine/recipe/check.ts';
import { fileProblems } from '../engine/recipe/files.ts';
import { problemsOf } from '../engine/recipe/issues.ts';
import { MAX_RECIPE_BYTES, parseRecipeText } from '../engine/recipe/parse.ts';
import { fileError } from '../files/problems.ts';
import { ProblemsError } from './problems-error.ts';

export { ProblemsError };

/**
 * Reads and checks a recipe.
 * @throws ProblemsError with everything that is wrong in it
 * @throws EspalierError when the file cannot be read
 */
export async function readRecipe(file: string, cwd: string): Promise<{ recipe: Recipe; baseFolder: string }> {
  const path = resolve(cwd, file);
  const { recipe, problems } = checkRecipe(await readText(path, file), file);
  if (recipe === null) throw new ProblemsError(problems);
  const missing = await fileProblems(recipe, dirname(path));
  if (missing.length > 0) throw new ProblemsError(missing.map((problem) => ({ ...problem, file })));
  return { recipe, baseFolder: dirname(path) };
}

/**
 * What `--data` means: the word digits, KIND:PATH, a spec in braces, or a file that holds a spec or a whole recipe.
 * @throws ProblemsError or EspalierError when it is none of these
 */
export async function readDataOption(
  text: string,
  cwd: string,
): Promise<{ data: DataSpec; baseFolder: string }> {
  if (text === 'digits') return { data: 'digits', baseFolder: cwd };
  const placed = dataShorthand(text);
  if (placed !== undefined) return { data: checkData(placed, '--data'), baseFolder: cwd };
  if (text.trimStart().startsWith('{')) {
    return { data: checkData(parseRecipeText(text, '--data'), '--data'), baseFolder: cwd };
  }
  const file = resolve(cwd, text);
  if ((await stat(file).catch(() => null))?.isFile() !== true) {
    throw inputError('cli/data', `'${text}' is neither a data set nor a file.`, {
      field: '--data',
      remedy: 'Give digits, KIND:PATH (as in idx:folder), or a recipe whose data is meant.',
    });
  }
  const value = parseRecipeText(await readText(file, text), text);
  const held = typeof value === 'object' && value !== null && 'data' in value ? value.data : value;
  if (held !== 'digits' && (typeof held !== 'object' || held === null)) {
    throw inputError('cli/data', `'${text}' describes no data.`, {
      field: '--data',
      remedy: `If it holds samples, say of what kind, as in csv:${text} or '{kind: csv, path: ${text}, label: NAME}'; else give a recipe whose data is meant.`,
    });
  }
  return { data: checkData(held, text), baseFolder: dirname(file) };
}

function checkData(data: unknown, file: string): DataSpec {
  const parsed = z.object({ data: dataSpecSchema }).safeParse({ data });
  if (parsed.success) return parsed.data.data;
  throw new ProblemsError(problemsOf(parsed.error.issues, { data }).map((problem) => ({ file, ...problem })));
}

/** A text file of a recipe's size; more is never read. */
export async function readText(path: string, file: string): Promise<string> {
  const refuse = (error: unknown) => fileError(error, file, 'read this file');
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw refuse(error);
  });
  try {
    const buffer = new Uint8Array(MAX_RECIPE_BYTES + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length).catch((error: unknown) => {
        throw refuse(error);
      });
      length += bytesRead;
      if (bytesRead === 0 || length > MAX_RECIPE_BYTES) break;
    }
    return new TextDecoder().decode(buffer.subarray(0, length));
  } finally {
    await handle.close();
  }
}
