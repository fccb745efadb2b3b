import type { Context, Handlers } from './context.ts';

export function projectHandlers({ store, supervisor }: Context): Handlers<'projects'> {
  return {
    'projects.list': () => store.projects.list(),
    'projects.create': ({ name }) => store.projects.create(name),
    'projects.rename': ({ id, name }) => store.projects.rename(id, name),
    'projects.remove': async ({ id }) => {
      await supervisor.removeProject(id);
      return null;
    },
  };
}
