import { join } from 'node:path';
import type { WrittenExport } from '../../../contract/export.ts';
import type { ExportFormat } from '../../../contract/export-formats.ts';
import { writeFileAtomic } from '../../../files/atomic.ts';
import { exportFinished } from './export-finished.ts';
import type { FinishedRun } from './finished-run.ts';

/**
 * Writes a finished run's network into its folder, under the names that the run itself would have used.
 * @throws EspalierError as `exportFinished`, or 'files/...' where nothing can be written
 */
export async function writeFinished(run: FinishedRun, format: ExportFormat): Promise<WrittenExport[]> {
  const written: WrittenExport[] = [];
  for (const { name, kind, bytes, notes = [] } of await exportFinished(run, format)) {
    const { sha256 } = await writeFileAtomic(join(run.folder, name), bytes);
    written.push({ path: name, kind, sha256, notes: [...notes] });
  }
  return written;
}
