import { termOf } from '../contract/amount.ts';
import { inputError } from '../contract/errors.ts';
import { recipeSchema, type Recipe } from '../contract/recipe.ts';
import type { SweepPlace } from '../contract/sweep-list.ts';
import { isActive } from '../jobs/states.ts';
import type { SweepRun } from '../store/sweeps.ts';
import { askedToGo } from '../words/amounts.ts';
import { cellsOf, commonDense, goingOf } from '../words/sweep.ts';
import type { Context, Handlers } from './context.ts';
import { checkPaths } from './paths.ts';
import { noWords } from './run-name.ts';

/** Grids of runs: each run waits its turn in the queue as any other. */
export function sweepHandlers({ store, supervisor, queries, roots }: Context): Handlers<'sweeps'> {
  return {
    'sweeps.check': ({ grid }) => queries.checkGrid(grid),
    'sweeps.start': async ({ projectId, grid }) => {
      const { name, yaml, runs, problems } = await queries.expandGrid(grid);
      const [problem] = problems;
      if (problem !== undefined) throw inputError(problem.code, problem.message, problem);
      for (const { recipe } of runs) await checkPaths(roots, recipeSchema, recipe);
      store.projects.get(projectId);
      const { device } = store.settings.get();
      const { paradigms } = await queries.catalog().catch(() => noWords);
      const labelOf = (series: string) => paradigms.find(({ id }) => id === series)?.label ?? series;
      const sweep = store.sweeps.create(projectId, name, yaml);
      for (const { series, recipe } of runs) {
        const place = placeOf(series, recipe);
        const name = nameOf({ ...place, series: labelOf(series) });
        const run = supervisor.start(projectId, { ...recipe, name }, device, name);
        store.sweeps.add(sweep, run.id, place);
      }
      return store.sweeps.get(sweep);
    },
    'sweeps.list': () => store.sweeps.list(),
    'sweeps.get': ({ id }) => {
      const rows = store.sweeps.runs(id).map(rowOf);
      const grid = store.sweeps.grid(id);
      return { ...store.sweeps.get(id), grid, cells: cellsOf(rows), reference: commonDense(rows) };
    },
    'sweeps.cancel': ({ id }) => {
      // Those that wait go first, so that none of them takes the place of one that ends.
      for (const run of store.sweeps.runs(id).reverse()) if (isLive(run)) supervisor.cancel(run.id);
      return null;
    },
    'sweeps.resume': ({ id }) => {
      for (const run of store.sweeps.runs(id))
        if (run.state !== 'finished' && !isLive(run)) supervisor.retry(run.id);
      return null;
    },
    'sweeps.remove': ({ id }) => {
      store.sweeps.remove(id);
      return null;
    },
  };
}

const isLive = ({ state }: SweepRun): boolean => state === 'queued' || isActive(state);

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
function rowOf({ series, measure, budget, seed, narrow, result }: SweepRun) {
  const kept = result?.promises.find(({ kind }) => kind === measure);
  const gone =
    measure === 'sparsity' || kept === undefined ? (result?.sparsity ?? null) : 1 - kept.after / kept.before;
  const { accuracy = null, denseAccuracy = null } = result ?? {};
  // A narrower network stands beside the pruned ones, not beside itself.
  return { series, measure, budget, seed, accuracy, gone, denseAccuracy: narrow ? null : denseAccuracy };
}
