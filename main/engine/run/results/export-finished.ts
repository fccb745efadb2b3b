import type { ExportFormat } from '../../../contract/export-formats.ts';
import type { ExportedFile } from '../../formats/export-format.ts';
import { exportMetadata } from '../../formats/metadata.ts';
import { Exports } from './exports.ts';
import { finishedData, readFinished, type FinishedRun } from './finished-run.ts';

/**
 * The run's network as files of a format, made from its last checkpoint.
 * @throws EspalierError 'run/no-checkpoint', 'export/no-data' for formats that need the data, or naming what cannot be written
 */
export async function exportFinished(run: FinishedRun, format: ExportFormat): Promise<ExportedFile[]> {
  const { report, recipe } = run;
  const { kept, signature } = await readFinished(run);
  const { model } = kept;
  const metadata = exportMetadata({
    recipe,
    fingerprint: report.data.fingerprint,
    classes: report.data.classes,
    normalization: report.data.normalization,
    accuracy: report.compressed.accuracy,
    sparsity: report.sparsity,
  });
  const dataset = () => finishedData(run);
  const logits = recipe.exportHead === 'logits';
  const given = { ...model, metadata, logits, ...(signature && { signature }) };
  return new Exports({ ...given, dataset }).files(format);
}
