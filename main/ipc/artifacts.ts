import type { Context, Handlers } from './context.ts';

export function artifactHandlers({ store, desk }: Context): Handlers<'artifacts'> {
  return {
    'artifacts.list': ({ runId }) => store.artifacts.ofRun(store.runs.get(runId).id),
    'artifacts.save': ({ id }) => desk.save(store.artifacts.get(id), () => store.artifacts.content(id)),
  };
}
