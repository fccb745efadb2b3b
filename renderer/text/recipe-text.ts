import { isMap, isScalar, isSeq, LineCounter, parseDocument, stringify, type Node } from 'yaml';
import { recipeSchema } from '../../main/contract/recipe.ts';

/** A recipe as a page of YAML, its fields in the order of the format: what a person chose, without what is filled in. */
export function recipeText(recipe: Readonly<Record<string, unknown>>): string {
  const known = Object.keys(recipeSchema.shape);
  const names = [...new Set([...known, ...Object.keys(recipe)])].filter((key) => recipe[key] !== undefined);
  return stringify(Object.fromEntries(names.map((key) => [key, recipe[key]])), { lineWidth: 0 });
}

/**
 * The line of a recipe's text, from 1, that a problem is about: of a field ('prune.exclude[0]') that is not there, the line of the
 * innermost part that is; undefined where the text does not say.
 */
export function lineOfField(text: string, field: string | undefined): number | undefined {
  if (field === undefined) return undefined;
  const said = /^line (\d+)/.exec(field);
  if (said !== null) return Number(said[1]);
  const counter = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter: counter, logLevel: 'silent' });
  const at = offsetOf(contents, field, undefined);
  return at === undefined ? undefined : counter.linePos(at).line;
}

/** @param found where the part is that was come to so far */
function offsetOf(node: unknown, field: string, found: number | undefined): number | undefined {
  if (field === '') return found;
  if (isMap<unknown, unknown>(node)) {
    // Names of layers have points in them: the longest name that fits is meant.
    const pairs = node.items.flatMap(({ key, value }) =>
      isScalar(key) && begins(field, String(key.value))
        ? [{ name: String(key.value), value, at: key.range?.[0] }]
        : [],
    );
    const [pair] = pairs.sort((a, b) => b.name.length - a.name.length);
    if (pair === undefined) return found;
    return offsetOf(pair.value, field.slice(pair.name.length).replace(/^\./, ''), pair.at ?? found);
  }
  const index = /^\[(\d+)\]\.?/.exec(field);
  if (!isSeq<Node>(node) || index === null) return found;
  const item = node.items[Number(index[1])];
  return offsetOf(item, field.slice(index[0].length), item?.range?.[0] ?? found);
}

/** Whether a field's path begins with this name, as a whole. */
const begins = (field: string, name: string) =>
  name !== '' && field.startsWith(name) && /^($|[.[])/.test(field.slice(name.length));
