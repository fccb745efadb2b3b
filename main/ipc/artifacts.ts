import { inputError } from '../contract/errors.ts';
import type { Context, Handlers } from './context.ts';
import { isReport } from './desk.ts';

export function artifactHandlers({ store, desk }: Context): Handlers<'artifacts'> {
  return {
    'artifacts.list': ({ runId }) => store.artifacts.ofRun(store.runs.get(runId).id),
    'artifacts.save': ({ id }) => desk.save(store.artifacts.get(id), () => store.artifacts.content(id)),
    'artifacts.open': ({ id }) => {
      const artifact = store.artifacts.get(id);
      if (!isReport(artifact)) {
        throw inputError('artifact/not-shown', `${artifact.name} is no report that could be shown.`, {
          remedy: 'Save it, and open it with a program for such files.',
        });
      }
      return desk.open(artifact, () => store.artifacts.content(id));
    },
  };
}
