import type { ApiResult } from '../contract/api.ts';
import { inputError } from '../contract/errors.ts';
import type { ExportFormat } from '../contract/export-formats.ts';
import type { Report } from '../contract/report.ts';
import { keepFile } from '../jobs/keep-files.ts';
import type { Context } from './context.ts';

/**
 * A finished run's files of one format, written now where the run has not left them.
 * @throws EspalierError 'run/not-finished', or what keeps the engine from writing them
 */
export async function exportRun(
  { store, queries }: Pick<Context, 'store' | 'queries'>,
  id: number,
  format: ExportFormat,
): Promise<ApiResult<'runs.export'>> {
  const { name, folder, recipe } = store.runs.get(id);
  const report = store.runs.report(id);
  if (report !== null && folder === null) {
    throw inputError('run/elsewhere', `The run '${name}' came in an archive, without its checkpoint.`, {
      remedy: 'Take one of the files that it left, or export where it was made.',
    });
  }
  if (report === null || folder === null) {
    throw inputError('run/not-finished', `The run '${name}' has no result to write.`, {
      remedy: 'Let it go to its end first.',
    });
  }
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
