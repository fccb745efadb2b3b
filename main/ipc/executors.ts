import type { ExecutorStatus } from '../contract/executors.ts';
import { localStatus } from '../jobs/executors/local.ts';
import type { Context, Handlers } from './context.ts';

/** Who could do the runs of a sweep, as the settings are. */
export function executorHandlers(context: Context): Handlers<'executors'> {
  const { store, elsewhere } = context;
  const places = () => store.settings.get().elsewhere;
  return {
    'executors.list': () => elsewhere.choices(places()),
    'executors.test': ({ kind }) => (kind === 'local' ? statusHere(context) : elsewhere.test(kind, places())),
  };
}

/** How the queue of this machine stands. */
export function statusHere({ store, supervisor, version }: Context): ExecutorStatus {
  const { all, taken } = supervisor.places;
  return localStatus(version, all, store.runs.waiting(), taken);
}
