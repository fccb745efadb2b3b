import { readFile } from 'node:fs/promises';
import type { Artifact } from '../contract/api.ts';
import { runError } from '../contract/errors.ts';
import type { FileReport, Report } from '../contract/report.ts';
import { resolveInside } from '../files/confine.ts';
import { sha256 } from '../files/hash.ts';
import { fileError } from '../files/problems.ts';
import type { Store } from '../store/store.ts';

/**
 * Takes a run's report and the files it lists, from the run's folder, into the database, so that they can be exported when
 * the folder is gone.
 * @throws EspalierError for a file that is missing, lies outside the folder, or is not what the report says
 */
export async function keepFiles(store: Store, runId: number, folder: string, report: Report): Promise<void> {
  const text = Buffer.from(JSON.stringify(report, null, 2));
  await store.artifacts.put(runId, { name: 'report.json', kind: 'report', content: text });
  for (const file of report.files)
    if (file.path !== 'report.json') await keepFile(store, runId, folder, file);
  store.runs.update(runId, { report });
}

/**
 * Takes one file from a run's folder into the database.
 * @throws EspalierError when it is missing, lies outside the folder, or is not what it should be
 */
export async function keepFile(
  store: Store,
  runId: number,
  folder: string,
  file: Pick<FileReport, 'path' | 'kind' | 'sha256'>,
): Promise<Artifact> {
  const path = await resolveInside([folder], file.path, folder);
  const content = await readFile(path).catch((error: unknown) => {
    throw fileError(error, path, 'read this file of the run');
  });
  if (sha256(content) !== file.sha256) {
    throw runError('run/changed-file', 'A file of the run is not what its report says.', {
      file: path,
      remedy: 'Let nothing else write into the folder of a run, and run it again.',
    });
  }
  return store.artifacts.put(runId, { name: file.path, kind: file.kind, content });
}
