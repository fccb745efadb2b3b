import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { Report } from '../contract/report.ts';
import { cardsOf, MADE_HERE } from '../engine/report/cards.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { fileError, systemCode } from '../files/problems.ts';

/** A file that was written. */
export interface Written {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly notes?: readonly string[];
}

/**
 * Writes the model card and the license note of an export beside it: under their usual names in a folder of its own, else named after
 * the export. A file of somebody else's is left alone.
 * @param exported what was written, the file that others belong to first
 * @throws EspalierError 'files/...'
 */
export async function writeCards(
  report: Report,
  exported: readonly Written[],
  { ownFolder, format }: { readonly ownFolder: boolean; readonly format: string },
): Promise<Written[]> {
  const [first] = exported;
  if (first === undefined) return [];
  const folder = dirname(first.path);
  const stem = basename(first.path, extname(first.path));
  const files = exported.map(({ path, bytes, sha256 }) => ({
    ...{ path: basename(path), bytes, sha256 },
    ...{ kind: format, format, gzipBytes: 0 },
  }));
  const named = { 'model-card': `${stem}.card.md`, 'license-note': `${stem}.license.md` };
  const usual = cardsOf(report, files);
  const free = await Promise.all(usual.map(({ name }) => mayWrite(join(folder, name))));
  const own = ownFolder && free.every(Boolean);
  const names = own ? undefined : named;
  const written: Written[] = [];
  for (const { name, text } of cardsOf(report, files, names)) {
    const path = join(folder, name);
    if (await mayWrite(path)) written.push({ path, ...(await writeFileAtomic(path, text)) });
  }
  return written;
}

/** Whether a path is free, or an earlier card of ours lies there. */
async function mayWrite(path: string): Promise<boolean> {
  try {
    return (await readFile(path, 'utf8')).includes(MADE_HERE);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return true;
    throw fileError(error, path, 'read what lies here');
  }
}
