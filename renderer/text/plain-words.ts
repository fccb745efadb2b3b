import type { Catalog } from '../../main/contract/catalog.ts';
import { pruneFields } from './data-fields.ts';

type Words = Pick<Catalog, 'paradigms' | 'criteria' | 'structures' | 'scopes' | 'schedules'>;

/** 'lr' of a recipe's `prune.lr`, as the form calls it; undefined for what the form has not. */
const fieldLabel = (path: string): string | undefined =>
  pruneFields().find((field) => field.path.join('.') === path)?.label;

/**
 * What the engine says of a recipe, as the screens say it: methods, criteria, structures, scopes and fields by their labels, where
 * the engine, which speaks of the recipe's text, names them by ids.
 */
export function plainWords(text: string, words: Words): string {
  const lists = {
    criterion: words.criteria,
    structure: words.structures,
    scope: words.scopes,
    schedule: words.schedules,
    paradigm: words.paradigms,
  };
  const everything = Object.values(lists).flat();
  const labelOf = (id: string) => everything.find((one) => one.id === id)?.label;
  return text
    .replaceAll(/\b(criterion|structure|scope|schedule|paradigm) '([^']+)'/g, (whole, kind, id: string) => {
      const label = lists[kind as keyof typeof lists].find((one) => one.id === id)?.label;
      return label === undefined ? whole : `${String(kind)} “${label}”`;
    })
    .replace(/^[a-z][a-z0-9-]*(?= )/, (id) => words.paradigms.find((one) => one.id === id)?.label ?? id)
    .replace(/(Choose(?: a \w+ of)?: )([a-z0-9:, -]+)\./, (whole, before: string, list: string) => {
      const labels = list.split(', ').map(labelOf);
      return labels.includes(undefined) ? whole : `${before}${labels.join(', ')}.`;
    })
    .replaceAll(/`?\bprune\.([a-zA-Z]+(?:\.[a-zA-Z]+)*)`?/g, (whole, path: string) => {
      const label = fieldLabel(path);
      return label === undefined ? whole : `“${label}”`;
    });
}
