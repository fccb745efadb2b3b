import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runError } from '../../../contract/errors.ts';
import type { ExportFormat } from '../../../contract/export-formats.ts';
import type { MeasuredExport } from '../../../contract/export.ts';
import { sha256 } from '../../../files/hash.ts';
import { fileError } from '../../../files/problems.ts';
import { openOnData, type OnData } from '../../evaluate/on-data.ts';
import { evaluateOnnx } from '../../evaluate/parity.ts';
import type { ExportedFile } from '../../formats/export-format.ts';
import { exportFinished } from './export-finished.ts';
import { finishedData, type FinishedRun } from './finished-run.ts';
import { ownKernels } from './own-kernels.ts';

/**
 * Measures a finished run's file of a format on all test samples, as a program that takes it would run it: by its own kernels where it
 * has some, else read back from the run's folder, and in onnxruntime.
 * @param hash SHA-256 of the format's main file, as it was written
 * @throws EspalierError 'export/no-data' where the data are gone, 'run/changed-file' where the file is another one now, or what keeps
 * it from being read
 */
export async function measureFinished(
  run: FinishedRun,
  format: ExportFormat,
  hash: string,
): Promise<MeasuredExport> {
  const files = await onDisk(run, await exportFinished(run, format));
  const [file] = files;
  if (file === undefined) throw new Error(`'${format}' has no files`);
  const path = join(run.folder, file.name);
  if (sha256(file.bytes) !== hash) {
    throw runError('run/changed-file', 'A file of the run is not what was written.', {
      file: path,
      remedy: 'Let nothing else write into the folder of a run, and run it again.',
    });
  }
  const dataset = await finishedData(run);
  const own = await ownKernels(format, files);
  const { runnable, judgement }: Pick<OnData, 'runnable' | 'judgement'> =
    own ?? (await openOnData(path, run.folder, dataset));
  const { accuracy, samples } = await evaluateOnnx(runnable, dataset, { judgement, file: file.name });
  return { accuracy, samples };
}

/** Files of these names as they lie in the run's folder. */
function onDisk({ folder }: FinishedRun, files: readonly ExportedFile[]): Promise<ExportedFile[]> {
  return Promise.all(
    files.map(async (file) => {
      const path = join(folder, file.name);
      const bytes = await readFile(path).catch((error: unknown) => {
        throw fileError(error, path, 'read this file of the run');
      });
      return { ...file, bytes };
    }),
  );
}
