import { resolve } from 'node:path';
import { EspalierError } from '../contract/errors.ts';
import type { Report } from '../contract/report.ts';
import type { Recipe } from '../contract/recipe.ts';
import type { Classification } from '../engine/evaluate/classification.ts';
import { pairsOf } from '../engine/evaluate/pairs.ts';
import { readFinished } from '../engine/run/results/finished-run.ts';
import { pairedChange, unpairedChange, type ShareChange } from '../words/noise.ts';
import { readRunFile, readRunReport } from '../jobs/run-folder.ts';

/** A finished run, and which test samples it answers rightly where its checkpoint still tells. */
export interface FinishedRun {
  /** Its folder as the user named it. */
  readonly folder: string;
  readonly recipe: Recipe;
  readonly report: Report;
  readonly answers: Pick<Classification, 'samples' | 'right'> | null;
}

/** @throws EspalierError when the folder holds no finished run */
export async function readFinishedRun(shown: string, cwd: string): Promise<FinishedRun> {
  const folder = resolve(cwd, shown);
  const report = await readRunReport(folder, shown);
  const { recipe, baseFolder } = await readRunFile(folder, shown);
  const answers = await readFinished({ folder, shown, report, recipe, baseFolder }).then(
    ({ kept: { compressed } }) => (compressed === null || compressed.right === '' ? null : compressed),
    (error: unknown) => {
      // A run that was cleared of its checkpoint, or whose network moved, still has its figures.
      if (error instanceof EspalierError) return null;
      throw error;
    },
  );
  return { folder: shown, recipe, report, answers };
}

/** How a run's accuracy differs from another's. */
export interface AccuracyAgainst {
  readonly change: ShareChange;
  /** Whether single samples were compared; else the interval is that of two separate draws. */
  readonly paired: boolean;
}

/** @returns null where the two were measured on different data */
export function accuracyAgainst(run: FinishedRun, other: FinishedRun): AccuracyAgainst | null {
  const { compressed, data } = run.report;
  const { compressed: before, data: otherData } = other.report;
  // A fingerprint is of all samples in their order: an equal one has the same test samples in the same places.
  if (data.fingerprint !== otherData.fingerprint) return null;
  if (run.answers !== null && other.answers?.samples === run.answers.samples)
    return { change: pairedChange(pairsOf(other.answers, run.answers)), paired: true };
  return { change: unpairedChange(before.accuracy, compressed.accuracy, data.test), paired: false };
}
