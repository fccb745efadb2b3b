import type { ApiResult } from '../contract/api.ts';
import type { ExportFormat } from '../contract/export-formats.ts';
import type { Report } from '../contract/report.ts';
import { keepFile } from '../jobs/keep-files.ts';
import type { Context } from './context.ts';
import { finishedRun } from './finished-run.ts';

/**
 * A finished run's files of one format, written now where the run has not left them.
 * @throws EspalierError 'run/not-finished', or what keeps the engine from writing them
 */
export async function exportRun(
  { store, queries }: Pick<Context, 'store' | 'queries'>,
  id: number,
  format: ExportFormat,
): Promise<ApiResult<'runs.export'>> {
  const { folder, recipe, report } = finishedRun(store, id);
  const there = store.artifacts
    .ofRun(id)
    .filter(({ kind }) => kind === format || kind === `${format}-weights`);
  if (there[0]?.kind === format) {
    const notes = there.flatMap(({ name: path }) => notesOf(report, path));
    return { files: there, notes };
  }
  const written = await queries.exportRun({ folder, report, recipe, format });
  const files = [];
  for (const file of written) files.push(await keepFile(store, id, folder, file));
  return { files, notes: written.flatMap(({ notes }) => notes) };
}

const notesOf = ({ files }: Report, path: string): readonly string[] =>
  files.find((file) => file.path === path)?.notes ?? [];
