import { inputError } from '../contract/errors.ts';
import type { Recipe } from '../contract/recipe.ts';
import type { Report } from '../contract/report.ts';
import type { Store } from '../store/store.ts';

/**
 * What the engine needs of a run that went to its end.
 * @throws EspalierError 'run/not-finished'
 */
export function finishedRun(store: Store, id: number): { folder: string; recipe: Recipe; report: Report } {
  const { name, folder, recipe } = store.runs.get(id);
  const report = store.runs.report(id);
  if (report !== null && folder !== null) return { folder, recipe, report };
  throw inputError('run/not-finished', `The run '${name}' has no result yet.`, {
    remedy: 'Let it go to its end first.',
  });
}
