import { EspalierError, inputError } from '../../../contract/errors.ts';
import type { ExportFormat } from '../../../contract/export-formats.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import type { Report } from '../../../contract/report.ts';
import type { Dataset } from '../../data/dataset.ts';
import { loadDataset } from '../../data/load.ts';
import type { ExportedFile } from '../../formats/export-format.ts';
import { exportMetadata } from '../../formats/metadata.ts';
import { loadCheckpoint } from '../checkpoint.ts';
import { loadNetwork } from '../network-source.ts';
import { Exports } from './exports.ts';

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
 * The run's network as files of a format, made from its last checkpoint.
 * @throws EspalierError 'run/no-checkpoint', 'export/no-data' for formats that need the data, or naming what cannot be written
 */
export async function exportFinished(
  { folder, shown, report, recipe, baseFolder }: FinishedRun,
  format: ExportFormat,
): Promise<ExportedFile[]> {
  const { classes, multiLabel } = report.data;
  const like = { sampleShape: report.network.inputShape, classes, multiLabel };
  // The run may have chosen among several outputs by its data.
  const output = report.network.output ?? recipe.output;
  const { network, signature } = await loadNetwork({ ...recipe, output }, like, baseFolder);
  const kept = await loadCheckpoint(folder, recipe, network);
  if (kept === undefined) {
    throw inputError('run/no-checkpoint', 'The run has no checkpoint to export from.', {
      file: shown,
      remedy: 'Resume the run, or start it again.',
    });
  }
  const { model } = kept;
  const metadata = exportMetadata({
    recipe,
    fingerprint: report.data.fingerprint,
    classes: report.data.classes,
    normalization: report.data.normalization,
    accuracy: report.compressed.accuracy,
    sparsity: report.sparsity,
  });
  const dataset = () => dataOf(recipe, baseFolder, report.data.fingerprint, shown);
  const logits = recipe.exportHead === 'logits';
  const given = { ...model, metadata, logits, ...(signature && { signature }) };
  return new Exports({ ...given, dataset }).files(format);
}

/** The run's data, read once more. @throws EspalierError when they are not there any more, or are others */
async function dataOf(
  { data, seed }: Recipe,
  baseFolder: string,
  fingerprint: string,
  shown: string,
): Promise<Dataset> {
  const refuse = (why: string) =>
    inputError('export/no-data', `This format needs the data that the run was trained on. ${why}`, {
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
