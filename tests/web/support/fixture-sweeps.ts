import type { ApiName, ApiArgs, ApiResult, RunSummary } from '../../../main/contract/api.ts';
import type { SweepView } from '../../../main/contract/sweep-list.ts';
import { gridOutlookSchema } from '../../../main/contract/sweep-list.ts';
import { missingRun } from '../../../main/store/runs.ts';
import { answer } from '../../../main/engine/process/queries.ts';
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

/** Sweeps of a studio in memory. */
export function fixtureSweeps(runs: () => readonly RunSummary[]): SweepCalls {
  const view = (): SweepView => ({
    id: 1,
    projectId: 1,
    name: 'How far can it go?',
    createdAt: '2026-03-01T09:00:00.000Z',
    runs: 27,
    finished: rows.length,
    live: 6,
    done: rows.length + 0.4,
    grid: 'paradigms: [magnitude-gradual, snip]\nbudgets: [0.8, 0.9, 0.95]\nseeds: [1, 2, 3]\n',
    cells: cellsOf(rows),
    reference: commonDense(rows),
  });
  return {
    'sweeps.check': async (args) => gridOutlookSchema.parse(await answer('check-grid', args)),
    'sweeps.start': view,
    'sweeps.list': () => (runs().length > 0 ? [view()] : []),
    'sweeps.get': ({ id }) => {
      if (id !== 1) throw missingRun(id);
      return view();
    },
    'sweeps.cancel': () => null,
    'sweeps.resume': () => null,
    'sweeps.remove': () => null,
  };
}
