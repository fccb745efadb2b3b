import { EspalierError, inputError } from '../../../contract/errors.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import type { Report } from '../../../contract/report.ts';
import { identityOf } from '../../compress/paradigms/revision.ts';
import type { Dataset } from '../../data/dataset.ts';
import { loadDataset } from '../../data/load.ts';
import type { Signature } from '../../formats/signature.ts';
import { loadCheckpoint } from '../checkpoint.ts';
import type { RunData } from '../context.ts';
import { loadNetwork } from '../network-source.ts';

/** A run that went to its end, as it lies in its folder. */
export interface FinishedRun {
  /** Where its last checkpoint is. */
  readonly folder: string;
  /** The folder as the user knows it, for errors. */
  readonly shown: string;
  readonly report: Report;
  readonly recipe: Recipe;
  /** Absolute folder that relative paths in the recipe start from. */
  readonly baseFolder: string;
}

/**
 * The run's data as its last checkpoint has them, with what its network's file takes and gives.
 * @throws EspalierError 'run/no-checkpoint', or naming what cannot be read
 */
export async function readFinished({
  folder,
  shown,
  report,
  recipe,
  baseFolder,
}: FinishedRun): Promise<{ kept: RunData; signature: Signature | undefined }> {
  const { classes, multiLabel } = report.data;
  const like = { sampleShape: report.network.inputShape, classes, multiLabel };
  // The run may have chosen among several outputs by its data.
  const output = report.network.output ?? recipe.output;
  const { network, signature } = await loadNetwork({ ...recipe, output }, like, baseFolder);
  const kept = await loadCheckpoint(folder, identityOf(recipe), network);
  if (kept === undefined) {
    throw inputError('run/no-checkpoint', 'The run has no checkpoint any more.', {
      file: shown,
      remedy: 'Resume the run, or start it again.',
    });
  }
  return { kept, signature };
}

/**
 * The samples that the run was trained on, read once more.
 * @throws EspalierError 'export/no-data' when they are not there any more, or are others
 */
export async function finishedData({ recipe, baseFolder, report, shown }: FinishedRun): Promise<Dataset> {
  const { data, seed } = recipe;
  const { fingerprint } = report.data;
  const refuse = (why: string) =>
    inputError('export/no-data', `This needs the data that the run was trained on. ${why}`, {
      file: shown,
      field: 'data',
      remedy: `Put them back where the recipe looks for them (from ${baseFolder}), or choose a format that needs no data.`,
    });
  const dataset = await loadDataset(data, { seed, baseFolder }).catch((error: unknown) => {
    throw error instanceof EspalierError ? refuse(error.message) : error;
  });
  if (dataset.fingerprint !== fingerprint) throw refuse('What lies in their place now is other data.');
  return dataset;
}
