import { rowOf, type Row } from '../../bench/quality/rows.ts';
import { measurementOf } from '../../bench/quality/measured.ts';
import type { Report } from '../../main/contract/report.ts';
import { recipeSchema, type Recipe } from '../../main/contract/recipe.ts';
import type { GridRun } from '../../main/engine/sweep/expand.ts';
import { runFolderName } from '../../main/engine/sweep/identity.ts';
import { compressedSide, sampleReport, side } from '../engine/report/sample.ts';

interface Told {
  readonly budget?: number;
  readonly denseAccuracy?: number;
  readonly paradigm?: string;
  readonly changes?: Partial<Recipe>;
}

/** A run of a grid, of 10 epochs of SNIP unless told otherwise. */
export function gridRun(series: string, seed: number, told: Told = {}): GridRun {
  const { budget = 0.9, paradigm = 'snip', changes = {} } = told;
  const recipe = recipeSchema.parse({
    network: 'lenet-300-100',
    data: { kind: 'digits' },
    dense: { epochs: 10 },
    paradigm,
    budget: { sparsity: budget },
    seed,
    ...changes,
  });
  return { folder: runFolderName(series, recipe), series, recipe };
}

/** The report that such a run would leave. */
export function reportOf({ recipe }: GridRun, accuracy: number, denseAccuracy = 0.98): Report {
  const dense = side({ accuracy: denseAccuracy });
  return { ...sampleReport({ dense, compressed: compressedSide({ accuracy }) }), recipe, seed: recipe.seed };
}

/** Finished rows of a series with these accuracies, by seed from 1. */
export function finishedRows(series: string, accuracies: readonly number[], told: Told = {}): Row[] {
  return accuracies.map((accuracy, i) => {
    const run = gridRun(series, i + 1, told);
    return rowOf(run, measurementOf(run, reportOf(run, accuracy, told.denseAccuracy), 'a machine'));
  });
}
