import { createHash } from 'node:crypto';
import { termsOf } from '../../contract/amount.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { identityOf } from '../compress/paradigms/revision.ts';

/** Hexadecimal digits of a recipe's hash in a folder's name. */
const SHOWN = 10;

/** What a run is, whatever it is called: the hash of its recipe without the name, its logs and its card, fields in any order, and of its presets. */
export function recipeId({ name: _name, ...recipe }: Recipe): string {
  return createHash('sha256')
    .update(canonical(identityOf(recipe)))
    .digest('hex');
}

/** The folder of a run within a sweep: for people first, unambiguous by the hash. */
export function runFolderName(series: string, recipe: Recipe): string {
  const words = series
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return `${words}-${askedFor(recipe)}-s${recipe.seed}-${recipeId(recipe).slice(0, SHOWN)}`;
}

/** '0.9', 'macs-0.5', 'macs-0.5-bytes-20000'. */
function askedFor({ narrow, budget }: Recipe): string {
  if (narrow !== undefined && budget.sparsity === 0) return String(narrow);
  const words = termsOf(budget).map(({ kind, value }) =>
    kind === 'sparsity' ? String(value) : `${kind}-${value}`,
  );
  const { accuracyDrop } = budget;
  return [...words, ...(accuracyDrop === undefined ? [] : [`drop-${accuracyDrop}`])].join('-');
}

/** JSON with sorted keys, so that the order in which a file names its fields makes no difference. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
