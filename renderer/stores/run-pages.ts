import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue';
import type { ComputedRef } from 'vue';
import { readableRows } from '../../main/contract/run-list.ts';
import type { RunPage, RunRow, RunSelection } from '../../main/contract/run-list.ts';
import type { UnreadableRun } from '../../main/contract/api.ts';
import { studio } from '../bridge/index.ts';
import { useLoader } from './loadable.ts';
import type { Loader } from './loadable.ts';
import { useRuns } from './runs.ts';

type ListedRun = RunRow | UnreadableRun;

const pageRows = 100;
/** A key typed soon after another makes no question of its own. */
const typingMs = 120;

export interface RunPages {
  /** Ready with the number of runs; what is shown stays while a newer answer is on its way. */
  readonly loader: Loader<number>;
  readonly total: ComputedRef<number>;
  /** Undefined while its page is on its way. */
  readonly row: (index: number) => ListedRun | undefined;
  /** Rows that are in view: their pages are asked for. */
  readonly show: (first: number, last: number) => void;
  /** The ids of all runs that the selection has, up to so many. */
  readonly ids: (most: number) => Promise<number[]>;
}

/** A list of any number of runs, page by page as they come into view; what the pages show follows events. */
export function useRunPages(selection: () => RunSelection): RunPages {
  const runs = useRuns();
  const pages = shallowRef<ReadonlyMap<number, RunPage['rows']>>(new Map());
  const pending = new Set<number>();
  const view = ref<readonly [number, number]>([0, 0]);
  let turn = 0;

  const ask = (offset: number, limit = pageRows) =>
    studio.call('runs.query', { ...selection(), offset, limit });
  const inView = (): number[] => {
    const [first, last] = view.value.map((index) => Math.floor(index / pageRows));
    return Array.from({ length: (last ?? 0) - (first ?? 0) + 1 }, (_, n) => (first ?? 0) + n);
  };

  const loader = useLoader(async () => {
    const mine = (turn += 1);
    pending.clear();
    const wanted = inView();
    const answers = await Promise.all(wanted.map((page) => ask(page * pageRows)));
    if (mine === turn) pages.value = new Map(wanted.map((page, n) => [page, answers[n]?.rows ?? []]));
    return answers[0]?.total ?? 0;
  });
  void loader.reload();

  const show = (first: number, last: number) => {
    view.value = [first, last];
    for (const page of inView()) {
      if (pages.value.has(page) || pending.has(page) || loader.state.value.status !== 'ready') continue;
      pending.add(page);
      const mine = turn;
      void ask(page * pageRows).then(
        ({ rows }) => {
          if (mine === turn) pages.value = new Map([...pages.value, [page, rows]]);
          pending.delete(page);
        },
        // The whole list is asked for again, which says what is wrong.
        () => loader.reload(),
      );
    }
  };

  const stop = studio.on((event) => {
    if (event.type !== 'run') return;
    const { run } = event;
    for (const [page, rows] of pages.value)
      if (rows.some(({ id }) => id === run.id))
        pages.value = new Map([...pages.value, [page, rows.map((old) => (old.id === run.id ? run : old))]]);
  });
  onScopeDispose(stop);

  watch(
    () => JSON.stringify(selection()),
    (_new, _old, onCleanup) => {
      view.value = [0, 0];
      loader.refreshing.value = true;
      const timer = setTimeout(() => void loader.reload(), typingMs);
      onCleanup(() => clearTimeout(timer));
    },
  );
  watch(() => runs.changes, loader.reload);

  const total = computed(() => (loader.state.value.status === 'ready' ? loader.state.value.value : 0));
  return {
    loader,
    total,
    row: (index) => pages.value.get(Math.floor(index / pageRows))?.[index % pageRows],
    show,
    async ids(most) {
      const found: number[] = [];
      for (let offset = 0; offset < Math.min(most, total.value); offset += 200) {
        const page = await ask(offset, 200);
        found.push(...readableRows(page).map(({ id }) => id));
      }
      return found.slice(0, most);
    },
  };
}
