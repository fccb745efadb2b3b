import type { Context, Handlers } from './context.ts';
import { inputError } from '../contract/errors.ts';
import { recipeSchema } from '../contract/recipe.ts';
import { exportRun } from './export-run.ts';
import { measureExport } from './measure-export.ts';
import { finishedRun } from './finished-run.ts';
import { checkPaths } from './paths.ts';
import { nameOfRun, noWords } from './run-name.ts';

export function runHandlers(context: Context): Handlers<'runs'> {
  const { store, supervisor, roots, queries, desk } = context;
  return {
    'runs.start': async ({ projectId, recipe }) => {
      await checkPaths(roots, recipeSchema, recipe);
      const name = nameOfRun(recipe, await queries.catalog().catch(() => noWords));
      return supervisor.start(projectId, recipe, store.settings.get().device, name);
    },
    'runs.query': (query) => store.runs.query(query),
    'runs.get': ({ id }) => store.runs.get(id),
    'runs.pause': ({ id }) => {
      supervisor.pause(id);
      return null;
    },
    'runs.resume': ({ id }) => {
      supervisor.resume(id);
      return null;
    },
    'runs.retry': ({ id }) => {
      supervisor.retry(id);
      return null;
    },
    'runs.checkpoint': async ({ id }) => {
      await supervisor.checkpoint(id);
      return null;
    },
    'runs.mask': ({ id, param }) => queries.maskPicture(folderOf(store, id), param),
    'runs.flipped': ({ id }) => queries.flippedSamples(finishedRun(store, id)),
    'runs.folder': async ({ id }) => {
      const { folder } = store.runs.get(id);
      return { path: folder, shown: folder !== null && (await desk.show(folder)) };
    },
    'runs.cancel': async ({ id }) => {
      await supervisor.end(id);
      return null;
    },
    'runs.remove': async ({ id }) => {
      await supervisor.remove(id);
      return null;
    },
    'runs.edit': ({ id, ...change }) => supervisor.edit(id, change),
    'runs.tag': ({ ids, add, remove }) => {
      supervisor.tag(ids, add, remove);
      return null;
    },
    'runs.tags': () => store.tags.list(),
    'runs.trash': async ({ ids }) => {
      await supervisor.trash(ids);
      return null;
    },
    'runs.restore': ({ ids }) => {
      supervisor.restore(ids);
      return null;
    },
    'runs.emptyTrash': () => supervisor.emptyTrash(),
    'runs.metrics': ({ id }) => store.metrics.ofRun(store.runs.get(id).id),
    'runs.layers': ({ id }) => store.layers.ofRun(store.runs.get(id).id),
    'runs.log': ({ id }) => store.logs.ofRun(store.runs.get(id).id),
    'runs.report': ({ id }) => store.runs.report(id),
    'runs.maskOverlap': ({ ids: [a, b] }) => queries.maskOverlap([folderOf(store, a), folderOf(store, b)]),
    'runs.export': ({ id, format }) => exportRun(context, id, format),
    'runs.measureExport': ({ id, format }) => measureExport(context, id, format),
  };
}

/** @throws EspalierError 'run/no-masks' where it has none yet */
function folderOf(store: Context['store'], id: number): string {
  const { folder, name } = store.runs.get(id);
  if (folder !== null) return folder;
  throw inputError(
    'run/no-masks',
    `The run '${name}' has no folder here: it has not begun, or came in an archive.`,
    {
      remedy: 'Choose one that was made here.',
    },
  );
}
