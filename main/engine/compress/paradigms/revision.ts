import type { Recipe } from '../../../contract/recipe.ts';
import { paradigms } from './index.ts';

/** The present revision of a paradigm; 1 where it never changed, or is not known. */
export function revisionOf(paradigm: string): number {
  return paradigms.items.find(({ id }) => id === paradigm)?.revision ?? 1;
}

/**
 * What makes two recipes the same run: the recipe without what is only told of the run, and which revision of its paradigm it is read
 * by. A first revision leaves the recipe as it is, so that what was hashed before there were others is found again.
 */
export function identityOf<R extends Pick<Recipe, 'paradigm' | 'logs' | 'card'>>({
  logs: _logs,
  card: _card,
  ...recipe
}: R) {
  const revision = revisionOf(recipe.paradigm);
  return revision === 1 ? recipe : { ...recipe, revision };
}
