import { onScopeDispose, watch } from 'vue';
import type { RunSummary } from '../../main/contract/api.ts';
import { studio } from '../bridge/index.ts';
import { useConnection } from './connection.ts';
import { useRuns } from './runs.ts';
import { useLoaderOf } from './loadable.ts';
import type { Loader } from './loadable.ts';

/** One run, kept up to date by events for as long as the calling component lives. */
export function useRun(id: () => number): Loader<RunSummary> {
  const loader = useLoaderOf(id, async () => {
    const run = await studio.call('runs.get', { id: id() });
    useRuns().know(run);
    return run;
  });
  const stop = studio.on((event) => {
    if (event.type === 'run' && event.run.id === id() && loader.state.value.status === 'ready')
      loader.state.value = { status: 'ready', value: event.run };
    if (event.type === 'run-removed' && event.id === id()) void loader.reload();
  });
  onScopeDispose(stop);
  const connection = useConnection();
  watch(() => connection.returns, loader.reload);
  return loader;
}
