import { defineStore } from 'pinia';
import { computed, watch } from 'vue';
import type { RunSummary } from '../../main/contract/api.ts';
import { studio } from '../bridge/index.ts';
import { useConnection } from './connection.ts';
import { useLoader } from './loadable.ts';
import { useProjects } from './projects.ts';
import { stateLook } from '../text/run-state.ts';

const youngestFirst = (a: RunSummary, b: RunSummary) => b.createdAt.localeCompare(a.createdAt) || b.id - a.id;

/** All runs of all projects, kept up to date by events. */
export const useRuns = defineStore('runs', () => {
  const { state, reload } = useLoader(async () => {
    const runs = await studio.call('runs.list', { projectId: null });
    return [...runs].sort(youngestFirst);
  });
  /** Runs that the list leaves out because the database does not give them back. */
  const unreadable = useLoader(() => studio.call('runs.unreadable', null));
  const connection = useConnection();
  const reloadAll = () => Promise.all([reload(), unreadable.reload()]);
  void reloadAll();
  watch(() => connection.returns, reloadAll);

  const replace = (change: (runs: readonly RunSummary[]) => RunSummary[]) => {
    if (state.value.status === 'ready') state.value = { status: 'ready', value: change(state.value.value) };
  };
  const put = (run: RunSummary) => {
    const known = list.value.some((old) => old.id === run.id);
    replace((runs) =>
      known ? runs.map((old) => (old.id === run.id ? run : old)) : [run, ...runs].sort(youngestFirst),
    );
    if (!known) void useProjects().reload();
  };
  const drop = (id: number) => {
    replace((runs) => runs.filter((run) => run.id !== id));
    void unreadable.reload();
    void useProjects().reload();
  };
  studio.on((event) => {
    switch (event.type) {
      case 'run':
        put(event.run);
        break;
      case 'run-removed':
        drop(event.id);
        break;
      case 'metrics':
      case 'layers':
      case 'log':
      case 'answering':
        break;
    }
  });

  const list = computed((): readonly RunSummary[] =>
    state.value.status === 'ready' ? state.value.value : [],
  );
  const busy = computed(() => list.value.filter((run) => stateLook(run.state).live));
  const find = (id: number) => list.value.find((run) => run.id === id);
  const ofProject = (projectId: number) => list.value.filter((run) => run.projectId === projectId);
  return { state, list, unreadable: unreadable.state, busy, reload: reloadAll, find, ofProject, put, drop };
});
