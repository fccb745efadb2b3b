import type { ApiResult } from '../contract/api.ts';
import { inputError } from '../contract/errors.ts';
import type { ExportFormat } from '../contract/export-formats.ts';
import type { Context } from './context.ts';
import { finishedRun } from './finished-run.ts';

/**
 * Measures the file that a finished run has of a format, and keeps what came of it beside the file.
 * @throws EspalierError 'run/not-finished', 'export/not-written', or what keeps the engine from measuring it
 */
export async function measureExport(
  { store, queries }: Pick<Context, 'store' | 'queries'>,
  id: number,
  format: ExportFormat,
): Promise<ApiResult<'runs.measureExport'>> {
  const run = finishedRun(store, id);
  const file = store.artifacts.ofRun(id).find(({ kind }) => kind === format);
  if (file === undefined) {
    throw inputError('export/not-written', 'The run has no file of this format.', {
      remedy: 'Save it in this format first.',
    });
  }
  const measured = await queries.measureExport({ ...run, format, sha256: file.sha256 });
  return store.artifacts.measured(file.id, measured);
}
