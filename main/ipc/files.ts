import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FolderEntry } from '../contract/api.ts';
import { fileError } from '../files/problems.ts';
import type { Roots } from '../files/roots.ts';
import type { Context, Handlers } from './context.ts';

/** A folder with more entries than a person can look through is cut off here. */
const mostEntries = 5_000;

export function fileHandlers({ roots, desk }: Context): Handlers<'files'> {
  return {
    'files.pick': async ({ what, title }) => {
      const picked = await desk.pick(what, title);
      if (picked.path !== null) roots.allow(picked.path);
      return picked;
    },
    'files.list': async ({ folder }) => {
      if (folder === null) return { folder: null, parent: null, entries: await rootEntries(roots) };
      const path = await roots.resolve(folder);
      const parent = (await roots.isRoot(path)) ? null : dirname(path);
      return { folder: path, parent, entries: await entriesOf(path, roots) };
    },
  };
}

async function rootEntries(roots: Roots): Promise<FolderEntry[]> {
  const entries: FolderEntry[] = [];
  for (const path of roots.list) {
    const exists = await roots.resolve(path).catch(() => null);
    if (exists !== null) entries.push({ name: path, path, folder: true, bytes: 0 });
  }
  return entries;
}

/** What may be read in a folder, folders first, without hidden entries, devices and links that lead elsewhere. */
async function entriesOf(folder: string, roots: Roots): Promise<FolderEntry[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError(error, folder, 'list this folder');
  });
  const entries: FolderEntry[] = [];
  for (const entry of found.filter(({ name }) => !name.startsWith('.')).slice(0, mostEntries)) {
    const path = join(folder, entry.name);
    try {
      if (entry.isSymbolicLink()) await roots.resolve(path);
      const facts = await stat(path);
      if (facts.isDirectory()) entries.push({ name: entry.name, path, folder: true, bytes: 0 });
      else if (facts.isFile()) entries.push({ name: entry.name, path, folder: false, bytes: facts.size });
    } catch {
      // Gone in the meantime, or leading elsewhere: not to be chosen.
    }
  }
  const collator = new Intl.Collator('en', { numeric: true });
  return entries.sort((a, b) => Number(b.folder) - Number(a.folder) || collator.compare(a.name, b.name));
}
