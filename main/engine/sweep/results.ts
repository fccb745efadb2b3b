import { termOf, type AmountKind } from '../../contract/amount.ts';
import type { Problem } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { Report } from '../../contract/report.ts';
import type { Estimate } from '../../contract/sweep-list.ts';
import { leftOf } from '../../words/amounts.ts';
import { cellsOf, commonDense, type Cell } from '../../words/sweep.ts';
import { reductionOf } from '../compress/budgets/reduction.ts';
import { csvOf } from '../report/csv.ts';

type RunState = 'finished' | 'failed' | 'missing';

/** One run of a sweep as its results list it. Accuracies are fractions of the test part. */
export interface RunResult {
  readonly folder: string;
  readonly series: string;
  readonly paradigm: string;
  /** What the budget is of. */
  readonly measure: AmountKind;
  /** The share of it that was to go, or that a narrower dense network stands beside. */
  readonly budget: number;
  readonly seed: number;
  readonly state: RunState;
  readonly accuracy: number | null;
  readonly loss: number | null;
  readonly denseAccuracy: number | null;
  /** What came of it. */
  readonly sparsity: number | null;
  /** The share that is gone of what the budget is of. */
  readonly gone: number | null;
  readonly parameters: number | null;
  readonly nonzero: number | null;
  readonly effectiveMacs: number | null;
  readonly gzipBytes: number | null;
  readonly latencyMs: number | null;
  /** Layers that nothing is left of. */
  readonly emptyLayers: readonly string[];
  /** Of all stages; a dense training that was taken from another run counts as it took there. */
  readonly seconds: number | null;
  readonly problem: string | null;
}

export interface SweepResults {
  readonly version: 1;
  readonly name: string;
  readonly runs: readonly RunResult[];
  readonly cells: readonly Cell[];
  /** The dense network that all runs of a seed are held against, over the seeds; null where they have different ones, or none. */
  readonly dense: Estimate | null;
}

/** A run's row, from its report or from what went wrong. */
export function resultOf(
  run: { readonly folder: string; readonly series: string; readonly recipe: Recipe },
  report: Report | undefined,
  problem?: Problem,
): RunResult {
  const { folder, series, recipe } = run;
  const side = report?.compressed;
  // A narrower network that is not pruned stands beside what pruning to such a sparsity leaves.
  const beside = recipe.budget.sparsity === 0 ? recipe.narrow : undefined;
  return {
    folder,
    series,
    paradigm: recipe.paradigm,
    measure: termOf(recipe.budget)?.kind ?? 'sparsity',
    budget: beside ?? reductionOf(recipe.budget),
    seed: recipe.seed,
    state: report !== undefined ? 'finished' : problem !== undefined ? 'failed' : 'missing',
    accuracy: side?.accuracy ?? null,
    loss: side?.loss ?? null,
    // A narrower network stands beside the pruned ones, not beside itself.
    denseAccuracy: beside === undefined ? (report?.dense?.accuracy ?? null) : null,
    sparsity: report?.sparsity ?? null,
    gone: report === undefined ? null : leftOf(report).gone,
    parameters: side?.parameters ?? null,
    nonzero: side?.nonzero ?? null,
    effectiveMacs: side?.effectiveMacs ?? null,
    gzipBytes: side?.gzipBytes ?? null,
    latencyMs: side?.latencyMs.median ?? null,
    emptyLayers: report?.checks.emptyLayers ?? [],
    seconds: report?.timings.total ?? null,
    problem: problem?.message ?? null,
  };
}

/** What the runs come to: means and intervals over the seeds. */
export function summarize(name: string, runs: readonly RunResult[]): SweepResults {
  return {
    version: 1,
    name,
    runs,
    cells: cellsOf(runs),
    dense: commonDense(runs),
  };
}

/** One row a run, for spreadsheets; text is quoted where it must be, and never read as a formula. */
export function toCsv(runs: readonly RunResult[]): string {
  const columns = [
    'series',
    'paradigm',
    'measure',
    'budget',
    'seed',
    'state',
    'accuracy',
    'loss',
    'denseAccuracy',
    'sparsity',
    'gone',
    'parameters',
    'nonzero',
    'effectiveMacs',
    'gzipBytes',
    'latencyMs',
    'seconds',
    'folder',
    'problem',
  ] as const satisfies readonly (keyof RunResult)[];
  return csvOf(
    columns,
    runs.map((run) => columns.map((column) => run[column])),
  );
}
