import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import type { StudyRun } from '../../main/contract/study-list.ts';
import { studio } from '../bridge/index.ts';
import { stateLook } from '../text/run-state.ts';
import { useConnection } from './connection.ts';
import { useLoader } from './loadable.ts';

/** The studies that were started: kept up to date by events. */
export const useStartedStudies = defineStore('started-studies', () => {
  const started = shallowRef<ReadonlyMap<number, StudyRun>>(new Map());
  const { state, reload } = useLoader(async () => {
    const list = await studio.call('studies.list', null);
    started.value = new Map(list.map((one) => [one.id, one]));
    return list.length;
  });
  void reload();
  watch(() => useConnection().returns, reload);

  const put = (study: StudyRun) => {
    started.value = new Map([...started.value, [study.id, study]]);
  };
  studio.on((event) => {
    if (event.type === 'study') put(event.study);
    if (event.type !== 'study-removed') return;
    const next = new Map(started.value);
    next.delete(event.id);
    started.value = next;
  });

  /** The youngest first. */
  const list = computed(() => [...started.value.values()].sort((a, b) => b.id - a.id));
  /** Those that are at work or wait. */
  const busy = computed(() => list.value.filter(({ state: now }) => stateLook(now).live));
  return { state, started, list, busy, put, reload };
});

/** The studies that there are. */
export const useStudies = defineStore('studies', () => {
  const { state, reload } = useLoader(() => studio.call('studies.catalog', null));
  void reload();
  watch(() => useConnection().returns, reload);
  const factsOf = (study: string) =>
    state.value.status === 'ready' ? state.value.value.find(({ id }) => id === study) : undefined;
  return { state, factsOf, reload };
});
