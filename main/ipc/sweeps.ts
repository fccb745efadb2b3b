import { setImmediate as turn } from 'node:timers/promises';
import { termOf } from '../contract/amount.ts';
import { inputError } from '../contract/errors.ts';
import type { Recipe } from '../contract/recipe.ts';
import type { ExpandedGrid } from '../contract/sweep.ts';
import type { SweepPlace } from '../contract/sweep-list.ts';
import { inTurns } from '../jobs/in-turns.ts';
import { isLive } from '../jobs/states.ts';
import type { SweepResult } from '../store/sweep-views.ts';
import { askedToGo } from '../words/amounts.ts';
import { cellsOf, commonDense, goingOf } from '../words/sweep.ts';
import type { Context, Handlers } from './context.ts';
import { statusHere } from './executors.ts';
import { checkPathsOfAll } from './paths.ts';
import { noWords } from './run-name.ts';

type Expanded = ExpandedGrid['runs'][number];

/** Results of a sweep are read so many at a time. */
const SLICE = 250;

/** Grids of runs: each run waits its turn in the queue as any other, or is handed to an executor. */
export function sweepHandlers(context: Context): Handlers<'sweeps'> {
  const { store, supervisor, elsewhere, queries, roots } = context;
  return {
    'sweeps.check': ({ grid }) => queries.checkGrid(grid),
    'sweeps.start': async ({ projectId, grid, executor }) => {
      const { name, yaml, runs, problems } = await queries.expandGrid(grid);
      const [problem] = problems;
      if (problem !== undefined) throw inputError(problem.code, problem.message, problem);
      await checkPathsOfAll(
        roots,
        runs.map(({ recipe }) => recipe),
      );
      store.projects.get(projectId);
      const { device, elsewhere: places } = store.settings.get();
      const placement = executor === 'local' ? null : await elsewhere.place(executor, places);
      const { paradigms } = await queries.catalog().catch(() => noWords);
      const labelOf = (series: string) => paradigms.find(({ id }) => id === series)?.label ?? series;
      const sweep = store.sweeps.create(projectId, name, yaml);
      if (placement !== null) store.sweeps.send(sweep, executor, placement);
      const enter = (add: (recipe: Recipe, name: string, place: SweepPlace) => void) => (run: Expanded) => {
        const place = placeOf(run.series, run.recipe);
        const name = nameOf({ ...place, series: labelOf(run.series) });
        add({ ...run.recipe, name }, name, place);
      };
      if (placement === null) {
        const add = enter((recipe, name, place) =>
          store.sweeps.add(sweep, supervisor.start(projectId, recipe, device, name).id, place),
        );
        await inTurns(runs, add);
      } else {
        const add = enter((...run) => elsewhere.add(sweep, projectId, ...run));
        await inTurns(runs, add, store.together);
        elsewhere.begin(sweep);
      }
      return store.sweeps.get(sweep);
    },
    'sweeps.list': () => store.sweeps.list(),
    'sweeps.get': async ({ id }) => {
      const summary = store.sweeps.get(id);
      const rows = (await resultsOf(context, id)).map(rowOf);
      return {
        ...summary,
        grid: store.sweeps.grid(id),
        states: store.sweeps.states(id),
        sharedFolder: summary.executor === 'local' ? null : elsewhere.folderOf(id),
        retries: store.sweeps.retries(id),
        failures: store.sweeps.failures(id),
        cells: cellsOf(rows),
        reference: commonDense(rows),
      };
    },
    'sweeps.executor': ({ id }) => {
      if (store.sweeps.get(id).executor !== 'local') return elsewhere.view(id);
      return { status: statusHere(context), problem: null };
    },
    'sweeps.cancel': async ({ id }) => {
      const live = store.sweeps.live(id);
      if (store.sweeps.get(id).executor !== 'local') await elsewhere.cancel(live);
      // Those that wait go first, so that none of them takes the place of one that ends.
      else
        await inTurns(live.reverse(), (run) => {
          if (isLive(store.runs.get(run).state)) void supervisor.cancel(run);
        });
      return null;
    },
    'sweeps.resume': async ({ id }) => {
      await inTurns(store.sweeps.stopped(id), (run) => supervisor.retry(run));
      return null;
    },
    'sweeps.remove': async ({ id, folder }) => {
      const { executor, live } = store.sweeps.get(id);
      if (executor !== 'local' && live > 0) {
        throw inputError('sweep/live', 'Other machines still have runs of this sweep.', {
          remedy: 'Stop it first.',
        });
      }
      if (folder) await elsewhere.removeFolder(id);
      store.sweeps.remove(id);
      return null;
    },
  };
}

/** All finished runs, read a few at a time: others have their turn in between. */
async function resultsOf({ store }: Context, sweep: number): Promise<SweepResult[]> {
  const results: SweepResult[] = [];
  for (;;) {
    const slice = store.sweeps.results(sweep, results.at(-1)?.id ?? 0, SLICE);
    results.push(...slice);
    if (slice.length < SLICE) return results;
    await turn();
  }
}

function placeOf(series: string, { budget, narrow, seed }: Recipe): SweepPlace {
  return {
    series,
    measure: termOf(budget)?.kind ?? 'sparsity',
    budget: narrow ?? askedToGo(budget) ?? 0,
    seed,
  };
}

/** 'RigL, 90 %, seed 2'. */
const nameOf = (place: SweepPlace): string =>
  `${place.series.slice(0, 150)}, ${goingOf(place)}, seed ${place.seed}`;

/** What a cell needs of a run. */
function rowOf(result: SweepResult) {
  const { series, measure, budget, seed, narrow, accuracy, denseAccuracy, sparsity, before, after } = result;
  const gone = measure === 'sparsity' || before === null || after === null ? sparsity : 1 - after / before;
  // A narrower network stands beside the pruned ones, not beside itself.
  return { series, measure, budget, seed, accuracy, gone, denseAccuracy: narrow ? null : denseAccuracy };
}
