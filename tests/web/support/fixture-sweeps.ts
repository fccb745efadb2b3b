import type { ApiName, ApiArgs, ApiResult, RunSummary } from '../../../main/contract/api.ts';
import type { ExecutorView } from '../../../main/contract/executors.ts';
import type { SweepView } from '../../../main/contract/sweep-list.ts';
import { gridOutlookSchema } from '../../../main/contract/sweep-list.ts';
import { missingRun } from '../../../main/store/runs.ts';
import { answer } from '../../../main/engine/process/queries.ts';
import { executorViews } from './fixture-executors.ts';
import { cellsOf, commonDense } from '../../../main/words/sweep.ts';

type SweepCalls = {
  [N in Extract<ApiName, `sweeps.${string}`>]: (args: ApiArgs<N>) => ApiResult<N> | Promise<ApiResult<N>>;
};

const series = ['Gradual magnitude', 'SNIP', 'Random mask'];
/** One grid of runs that is half done: three series at three budgets with three seeds. */
const rows = series.flatMap((name, place) =>
  [0.8, 0.9, 0.95].flatMap((budget) =>
    [1, 2, 3].slice(0, budget === 0.95 ? 1 : 3).map((seed) => ({
      series: name,
      measure: 'sparsity' as const,
      budget,
      seed,
      accuracy:
        0.978 - place * 0.013 - (budget - 0.8) * (0.05 + place * 0.4) + ((seed * 7 + place) % 3) * 0.0021,
      gone: budget,
      denseAccuracy: 0.978 + seed * 0.0004,
    })),
  ),
);

const first: SweepView = {
  id: 1,
  projectId: 1,
  name: 'How far can it go?',
  createdAt: '2026-03-01T09:00:00.000Z',
  executor: 'local',
  sharedFolder: null,
  runs: 27,
  finished: rows.length,
  live: 6,
  done: rows.length + 0.4,
  grid: 'paradigms: [magnitude-gradual, snip]\nbudgets: [0.8, 0.9, 0.95]\nseeds: [1, 2, 3]\n',
  states: { queued: 5, running: 1, finished: rows.length },
  retries: { times: 0, runs: 0 },
  failures: [],
  cells: cellsOf(rows),
  reference: commonDense(rows),
};
const nothing = { finished: 0, done: 0, cells: [], reference: null };
/** The same grid in the other ways a sweep can stand, and how it stands with who does it. */
const others: readonly (SweepView & { view: ExecutorView })[] = [
  {
    ...first,
    ...nothing,
    id: 2,
    name: 'Waits for workers',
    executor: 'redis',
    live: 27,
    states: { queued: 27 },
    view: executorViews.waiting,
  },
  {
    ...first,
    id: 3,
    name: 'Ten thousand runs',
    executor: 'redis',
    runs: 10_000,
    finished: 123,
    live: 9_877,
    done: 124.2,
    states: { queued: 9_874, running: 3, finished: 123 },
    retries: { times: 4, runs: 3 },
    view: executorViews.busy,
  },
  {
    ...first,
    id: 4,
    name: 'Some failed',
    executor: 'redis',
    live: 2,
    states: { running: 2, finished: rows.length, failed: 5, cancelled: 1 },
    failures: [
      {
        message: 'The run was submitted by version "0.1.0", and this worker is version 0.0.9.',
        remedy: 'Use the same version of Espalier everywhere.',
        runs: 3,
        run: 1,
      },
      {
        message: 'There is no room left to write the data set.',
        remedy: 'Make room on the disk of /home/ada/.local/share/espalier/worker/data, then go on.',
        runs: 1,
        run: 2,
      },
      {
        message: 'The server does not have a data set any more.',
        remedy: 'Submit the run again.',
        runs: 1,
        run: 3,
      },
    ],
    view: executorViews.busy,
  },
  {
    ...first,
    id: 5,
    name: 'All is done',
    executor: 'slurm',
    sharedFolder: '/srv/shared/espalier/0123456789abcdef',
    runs: rows.length,
    live: 0,
    done: rows.length,
    states: { finished: rows.length },
    view: executorViews.ended,
  },
  { ...first, id: 6, name: 'The server is away', executor: 'redis', view: executorViews.away },
  { ...first, id: 7, name: 'On the cluster', executor: 'slurm', view: executorViews.slurm },
];

/** Sweeps of a studio in memory. */
export function fixtureSweeps(runs: () => readonly RunSummary[]): SweepCalls {
  const all = [{ ...first, view: executorViews.local }, ...others];
  const find = (id: number) => {
    const sweep = all.find((one) => one.id === id);
    if (sweep === undefined) throw missingRun(id);
    return sweep;
  };
  return {
    'sweeps.check': async (args) => gridOutlookSchema.parse(await answer('check-grid', args)),
    'sweeps.start': ({ executor }) => (executor === 'redis' ? find(2) : first),
    'sweeps.list': () => (runs().length > 0 ? [first] : []),
    'sweeps.get': ({ id }) => find(id),
    'sweeps.executor': ({ id }) => find(id).view,
    'sweeps.cancel': () => null,
    'sweeps.resume': () => null,
    'sweeps.remove': () => null,
  };
}
