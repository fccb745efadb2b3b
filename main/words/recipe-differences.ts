/** A field of recipes that is not the same in all of them. */
export interface RecipeDifference {
  /** Its place, as in a recipe: 'dense.epochs'. */
  readonly field: string;
  /** What each recipe has there, in their order; empty where a recipe leaves it out. */
  readonly values: readonly string[];
}

/**
 * The fields in which recipes differ, in the order in which they first occur.
 * @param except fields that are shown elsewhere.
 */
export function recipeDifferences(
  recipes: readonly object[],
  except: ReadonlySet<string> = new Set(),
): RecipeDifference[] {
  const leaves = recipes.map((recipe) => new Map(leavesOf(recipe, '')));
  const fields = [...new Set(leaves.flatMap((map) => [...map.keys()]))].filter((name) => !except.has(name));
  return fields
    .map((field) => ({ field, values: leaves.map((map) => map.get(field) ?? '') }))
    .filter(({ values }) => new Set(values).size > 1);
}

function leavesOf(value: unknown, at: string): [string, string][] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object') return [[at, inOneWord(value)]];
  if (Array.isArray(value)) return [[at, value.map(inOneWord).join(', ')]];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, at === '' ? key : `${at}.${key}`));
}

const inOneWord = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
