import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { readableRows } from '../../main/contract/run-list.ts';
import type { RunRow } from '../../main/contract/run-list.ts';
import { studio } from '../bridge/index.ts';
import { stateLook } from '../text/run-state.ts';
import { useConnection } from './connection.ts';
import { useLoader } from './loadable.ts';
import { useProjects } from './projects.ts';

/** How many of the youngest runs the home screen shows. */
const recentRows = 5;
const mostLive = 200;
/** Lists are asked for anew so long after the first of several changes. */
const settleMs = 250;

/** What of a run decides where lists have it, and what they show besides its progress. */
const placeOf = ({ state, deletedAt, projectId, name, notes, tags, result }: RunRow): string =>
  JSON.stringify([state, deletedAt, projectId, name, notes, tags, result?.accuracy]);

/** The runs that are at work, the youngest few, and when lists of others have to be asked for anew: kept up to date by events. */
export const useRuns = defineStore('runs', () => {
  const live = shallowRef<ReadonlyMap<number, RunRow>>(new Map());
  const recent = shallowRef<readonly RunRow[]>([]);
  const total = ref(0);
  /** Grows whenever runs come, go, or change in what lists sort or show. */
  const changes = ref(0);
  const places = new Map<number, string>();
  const projectOf = shallowRef<ReadonlyMap<number, number>>(new Map());
  /** Keeps in mind whose run this is. */
  const know = ({ id, projectId }: RunRow) => {
    if (projectOf.value.get(id) !== projectId)
      projectOf.value = new Map([...projectOf.value, [id, projectId]]);
  };

  const { state, reload } = useLoader(async () => {
    const [youngest, working] = await Promise.all([
      studio.call('runs.query', { limit: recentRows }),
      studio.call('runs.query', { states: 'live', limit: mostLive }),
    ]);
    recent.value = readableRows(youngest);
    total.value = youngest.total;
    live.value = new Map(readableRows(working).map((run) => [run.id, run]));
    for (const run of [...recent.value, ...live.value.values()]) places.set(run.id, placeOf(run));
    return youngest.total;
  });
  void reload();
  const connection = useConnection();
  watch(
    () => connection.returns,
    () => {
      changes.value += 1;
      return reload();
    },
  );

  let settling: ReturnType<typeof setTimeout> | null = null;
  const moved = () => {
    settling ??= setTimeout(() => {
      settling = null;
      changes.value += 1;
      void reload();
      void useProjects().reload();
    }, settleMs);
  };

  const put = (run: RunRow) => {
    const next = new Map(live.value);
    if (stateLook(run.state).live) next.set(run.id, run);
    else next.delete(run.id);
    live.value = next;
    recent.value = recent.value.map((old) => (old.id === run.id ? run : old));
    const place = placeOf(run);
    if (places.get(run.id) === place) return;
    places.set(run.id, place);
    moved();
  };
  const drop = (id: number) => {
    const next = new Map(live.value);
    next.delete(id);
    live.value = next;
    recent.value = recent.value.filter((run) => run.id !== id);
    places.delete(id);
    moved();
  };
  studio.on((event) => {
    if (event.type === 'run') put(event.run);
    if (event.type === 'run-removed') drop(event.id);
  });

  /** The youngest first. */
  const busy = computed(() => [...live.value.values()].sort((a, b) => b.id - a.id));
  return { state, recent, total, busy, changes, projectOf, know, reload, put, drop };
});
