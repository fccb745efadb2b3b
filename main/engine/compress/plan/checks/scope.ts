import { inputError } from '../../../../contract/errors.ts';
import { criteria } from '../../criteria/index.ts';
import { scopes } from '../../scopes/index.ts';
import type { Intent } from '../intent.ts';

/** @throws EspalierError for a scope without what it needs, with what only another takes, or with a criterion that does not fit */
export function refuseUnfitScope({ recipe: { prune }, selection }: Intent): void {
  const scope = scopes.get(selection.scope);
  for (const { takes } of scopes.items) {
    if (takes === undefined) continue;
    const { field, words, needed } = takes;
    const own = scope.takes?.field === field;
    if (own && needed !== undefined && prune[field] === undefined) {
      throw inputError(`recipe/${field}`, `The scope '${scope.id}' needs the ${words}.`, {
        field: `prune.${field}`,
        remedy: needed,
      });
    }
    if (own || prune[field] === undefined) continue;
    const others = scopes.items.filter((other) => other.takes?.field === field).map(({ id }) => `'${id}'`);
    throw inputError(`recipe/${field}`, `The scope '${scope.id}' takes no ${words}.`, {
      field: `prune.${field}`,
      remedy: `Leave prune.${field} out, or choose the scope ${others.join(' or ')}.`,
    });
  }
  const excluded = Object.keys(prune.layers ?? {}).find((name) => selection.exclude.includes(name));
  if (excluded !== undefined) {
    throw inputError('recipe/layers', `'${excluded}' has a sparsity and is excluded from pruning.`, {
      field: 'prune.layers',
      remedy: 'Take it out of prune.layers or of prune.exclude.',
    });
  }
  const criterion = criteria.get(selection.criterion);
  if (criterion.scopes !== undefined && !criterion.scopes.ids.includes(selection.scope)) {
    throw inputError(
      'recipe/scope',
      `The criterion '${criterion.id}' does not go with the scope '${selection.scope}': ${criterion.scopes.why}.`,
      { field: 'prune.scope', remedy: `Choose: ${criterion.scopes.ids.join(', ')}.` },
    );
  }
}
