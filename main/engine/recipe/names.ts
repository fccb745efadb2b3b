import type { Catalog } from '../../contract/catalog.ts';
import type { Problem } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { isModelPath } from '../../contract/paths.ts';
import { suggest } from './suggest.ts';

/** Lists of the catalog that a recipe's fields draw from. */
type ListName = 'networks' | 'paradigms' | 'criteria' | 'structures' | 'scopes' | 'schedules';

/** Checks the names in a recipe against what there is; a network may also be a path. */
export function unknownNames(recipe: Recipe, catalog: Catalog): Problem[] {
  const { network, paradigm, prune } = recipe;
  const found = [
    isModelPath(network) ? undefined : unknownName(network, 'network', 'networks', catalog),
    unknownName(paradigm, 'paradigm', 'paradigms', catalog),
    unknownName(prune.criterion, 'prune.criterion', 'criteria', catalog),
    unknownName(prune.structure?.kind, 'prune.structure.kind', 'structures', catalog),
    unknownName(prune.scope, 'prune.scope', 'scopes', catalog),
    unknownName(prune.schedule, 'prune.schedule', 'schedules', catalog),
  ];
  return found.filter((problem) => problem !== undefined);
}

function unknownName(
  name: string | undefined,
  field: string,
  list: ListName,
  catalog: Catalog,
): Problem | undefined {
  const ids = catalog[list].map((entry) => entry.id);
  if (name === undefined || ids.includes(name)) return undefined;
  const called = new Map(
    catalog[list].flatMap(({ id, aliases = [] }) => [id, ...aliases].map((alias) => [alias, id] as const)),
  );
  const alias = suggest(name, [...called.keys()]) ?? name.toLowerCase();
  const meant = called.get(alias);
  return {
    code: 'recipe/unknown-name',
    message: `There is no ${field.replace(/^.*\./, '')} '${name}'.`,
    field,
    remedy: `${meant === undefined ? '' : `Did you mean '${meant}'? `}There are: ${ids.join(', ')} (espalier list ${list}).`,
    kind: 'input',
  };
}
