import { importProject } from '../archive/import.ts';
import { archiveName, writeProject } from '../archive/write.ts';
import type { Context, Handlers } from './context.ts';

export function projectHandlers(context: Context): Handlers<'projects'> {
  const { store, supervisor, desk, roots, tell, version } = context;
  return {
    'projects.list': () => store.projects.list(),
    'projects.create': ({ name }) => store.projects.create(name),
    'projects.rename': ({ id, name }) => store.projects.rename(id, name),
    'projects.export': ({ id }) => {
      const { name } = store.projects.get(id);
      return desk.saveStream({ name: archiveName(name), content: () => writeProject(store, id, version) });
    },
    'projects.import': async ({ path }) => {
      const project = await importProject(store, await roots.resolve(path));
      // Lists are asked for anew when they hear of a run that they do not know: the last speaks for all.
      const [run] = store.runs.places(project.id);
      if (run !== undefined) tell({ type: 'run', run: store.runs.get(run.id) });
      return project;
    },
    'projects.remove': async ({ id }) => {
      await supervisor.removeProject(id);
      return null;
    },
  };
}
