import { inputError } from '../contract/errors.ts';
import { recipeSchema } from '../contract/recipe.ts';
import { termOf } from '../contract/amount.ts';
import { askedToGo } from '../words/amounts.ts';
import { cellsOf, commonDense, goingOf } from '../words/sweep.ts';
import type { SweepRun } from '../store/sweeps.ts';
import type { Context, Handlers } from './context.ts';
import { checkPaths } from './paths.ts';

const liveStates = new Set(['queued', 'preparing', 'running', 'pausing', 'paused', 'cancelling']);

/** Grids of runs: each run waits its turn in the queue as any other. */
export function sweepHandlers({ store, supervisor, queries, roots }: Context): Handlers<'sweeps'> {
  const device = () => store.settings.get().device;
  return {
    'sweeps.check': ({ grid }) => queries.checkGrid(grid),
    'sweeps.start': async ({ projectId, grid }) => {
      const { name, yaml, runs, problems } = await queries.expandGrid(grid);
      const [problem] = problems;
      if (problem !== undefined) throw inputError(problem.code, problem.message, problem);
      for (const { recipe } of runs) await checkPaths(roots, recipeSchema, recipe);
      store.projects.get(projectId);
      const sweep = store.sweeps.create(projectId, name, yaml);
      for (const { series, recipe } of runs) {
        const run = supervisor.start(projectId, { ...recipe, name: nameOf(series, recipe) }, device());
        store.sweeps.add(sweep, run.id, series);
      }
      return store.sweeps.get(sweep);
    },
    'sweeps.list': () => store.sweeps.list(),
    'sweeps.get': ({ id }) => {
      const rows = store.sweeps.runs(id).map(rowOf);
      return {
        ...store.sweeps.get(id),
        grid: store.sweeps.grid(id),
        cells: cellsOf(rows),
        dense: commonDense(rows),
      };
    },
    'sweeps.cancel': ({ id }) => {
      store.sweeps.get(id);
      for (const { run } of [...store.sweeps.runs(id)].reverse()) {
        if (liveStates.has(run.state)) supervisor.cancel(run.id);
      }
      return null;
    },
    'sweeps.resume': ({ id }) => {
      store.sweeps.get(id);
      for (const { run } of store.sweeps.runs(id)) {
        if (run.state === 'finished' || liveStates.has(run.state)) continue;
        if (run.resumable) supervisor.resume(run.id);
        else store.sweeps.exchange(id, run.id, supervisor.start(run.projectId, run.recipe, device()).id);
      }
      return null;
    },
    'sweeps.remove': ({ id }) => {
      store.sweeps.remove(id);
      return null;
    },
  };
}

/** 'RigL, 90 %, seed 2'. */
function nameOf(series: string, recipe: SweepRun['run']['recipe']): string {
  return `${series.slice(0, 150)}, ${goingOf(askedOf(recipe))}, seed ${recipe.seed}`;
}

function askedOf({ budget, narrow }: SweepRun['run']['recipe']) {
  return { measure: termOf(budget)?.kind ?? ('sparsity' as const), budget: narrow ?? askedToGo(budget) ?? 0 };
}

/** What a cell needs of a run. */
function rowOf({ series, run: { recipe, result } }: SweepRun) {
  const asked = askedOf(recipe);
  const kept = result?.promises.find(({ kind }) => kind === asked.measure);
  return {
    series,
    ...asked,
    seed: recipe.seed,
    accuracy: result?.accuracy ?? null,
    gone:
      asked.measure === 'sparsity' || kept === undefined
        ? (result?.sparsity ?? null)
        : 1 - kept.after / kept.before,
    // A narrower network stands beside the pruned ones, not beside itself.
    denseAccuracy: recipe.narrow === undefined ? (result?.denseAccuracy ?? null) : null,
  };
}
