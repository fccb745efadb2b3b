import { paradigms } from './index.ts';

/**
 * What makes two recipes the same run: the recipe, and which revision of its paradigm it is read by. A first revision leaves
 * the recipe as it is, so that what was hashed before there were others is found again.
 */
export function withRevision<R extends { readonly paradigm: string }>(recipe: R): R & { revision?: number } {
  const revision = paradigms.items.find(({ id }) => id === recipe.paradigm)?.revision ?? 1;
  return revision === 1 ? recipe : { ...recipe, revision };
}
