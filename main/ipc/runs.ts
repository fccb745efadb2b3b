import type { Context, Handlers } from './context.ts';
import { recipeSchema } from '../contract/recipe.ts';
import { exportRun } from './export-run.ts';
import { checkPaths } from './paths.ts';

export function runHandlers(context: Context): Handlers<'runs'> {
  const { store, supervisor, roots } = context;
  return {
    'runs.start': async ({ projectId, recipe }) => {
      await checkPaths(roots, recipeSchema, recipe);
      return supervisor.start(projectId, recipe, store.settings.get().device);
    },
    'runs.list': ({ projectId }) => store.runs.list(projectId),
    'runs.unreadable': () => store.runs.unreadable(),
    'runs.get': ({ id }) => store.runs.get(id),
    'runs.pause': ({ id }) => {
      supervisor.pause(id);
      return null;
    },
    'runs.resume': ({ id }) => {
      supervisor.resume(id);
      return null;
    },
    'runs.cancel': ({ id }) => {
      supervisor.cancel(id);
      return null;
    },
    'runs.remove': async ({ id }) => {
      await supervisor.remove(id);
      return null;
    },
    'runs.metrics': ({ id }) => store.metrics.ofRun(store.runs.get(id).id),
    'runs.layers': ({ id }) => store.layers.ofRun(store.runs.get(id).id),
    'runs.log': ({ id }) => store.logs.ofRun(store.runs.get(id).id),
    'runs.report': ({ id }) => store.runs.report(id),
    'runs.export': ({ id, format }) => exportRun(context, id, format),
  };
}
