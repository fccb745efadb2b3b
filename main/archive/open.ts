import { z } from 'zod';
import type { EspalierError } from '../contract/errors.ts';
import { inputError } from '../contract/errors.ts';
import { ZipFile } from '../engine/data/zip.ts';
import type { ZipEntry } from '../engine/data/zip.ts';
import { sha256 } from '../files/hash.ts';
import { ENTRY_NAME, MANIFEST, MOST_BYTES, MOST_ENTRIES, MOST_JSON, manifestSchema } from './format.ts';
import type { Manifest } from './format.ts';

/** An open archive of which the names, counts and sizes were checked; contents are when they are read. */
export interface ProjectArchive {
  readonly manifest: Manifest;
  /** JSON of an entry, checked; null where the archive has none of this name. */
  json<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T> | null>;
  /** The bytes of an entry. */
  content(path: string): Promise<Buffer>;
  close(): Promise<void>;
}

/**
 * Opens a project's archive, which may come from anybody: nothing of it is unpacked before its size is known, and nothing is
 * written anywhere.
 * @param file absolute
 * @throws EspalierError 'archive/...' or 'data/...' naming the file and the entry
 */
export async function openArchive(file: string): Promise<ProjectArchive> {
  const zip = await ZipFile.open({ shown: file, full: file });
  try {
    return await checkedArchive(zip, file);
  } catch (error) {
    await zip.close();
    throw error;
  }
}

async function checkedArchive(zip: ZipFile, file: string): Promise<ProjectArchive> {
  const refuse = (code: string, message: string, field?: string): EspalierError =>
    inputError(code, message, {
      file,
      field,
      remedy: 'Give an archive that Espalier exported, as it was written.',
    });
  if (zip.entries.length > MOST_ENTRIES)
    throw refuse(
      'archive/too-large',
      `It has ${zip.entries.length} entries; at most ${MOST_ENTRIES} are read.`,
    );
  const found = new Map<string, ZipEntry>();
  for (const entry of zip.entries) {
    if (entry.name !== MANIFEST && !ENTRY_NAME.test(entry.name))
      throw refuse('archive/name', 'An archive of a project has no such entry.', entry.name.slice(0, 200));
    if (found.has(entry.name)) throw refuse('archive/name', 'An entry is there twice.', entry.name);
    found.set(entry.name, entry);
  }
  const total = zip.entries.reduce((sum, { size }) => sum + size, 0);
  if (total > MOST_BYTES)
    throw refuse('archive/too-large', `It unpacks to ${total} bytes; at most ${MOST_BYTES} are read.`);

  const parse = <T extends z.ZodType>(schema: T, content: Buffer, path: string): z.output<T> => {
    let value: unknown;
    try {
      value = JSON.parse(content.toString('utf8'));
    } catch {
      throw refuse('archive/damaged', 'An entry is no JSON.', path);
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const where = [path, ...(issue?.path ?? []).map(String)].join(': ');
    throw refuse('archive/damaged', `An entry is not what it should be: ${issue?.message ?? ''}`, where);
  };

  const head = found.get(MANIFEST);
  if (head === undefined)
    throw refuse('archive/no-project', 'This zip holds no project of Espalier.', MANIFEST);
  const text = await zip.read(head, MOST_JSON);
  const { version } = parse(z.object({ version: z.number() }), text, MANIFEST);
  if (version > 1) {
    throw inputError('archive/newer', 'The archive was written by a later version of Espalier.', {
      file,
      remedy: 'Update Espalier, or export the project with this version.',
    });
  }
  const manifest = parse(manifestSchema, text, MANIFEST);
  const listed = new Map(manifest.entries.map((entry) => [entry.path, entry]));
  for (const { path, bytes } of manifest.entries)
    if (found.get(path)?.size !== bytes)
      throw refuse(
        'archive/damaged',
        'An entry is missing or has another size than the manifest says.',
        path,
      );
  for (const name of found.keys())
    if (name !== MANIFEST && !listed.has(name))
      throw refuse('archive/damaged', 'An entry is not in the manifest.', name);

  const read = async (path: string, limit?: number): Promise<Buffer | null> => {
    const entry = found.get(path);
    if (entry === undefined) return null;
    const content = await zip.read(entry, limit);
    if (sha256(content) !== listed.get(path)?.sha256)
      throw refuse('archive/damaged', 'An entry is not the one that the manifest says.', path);
    return content;
  };
  return {
    manifest,
    async json(path, schema) {
      const content = await read(path, MOST_JSON);
      return content === null ? null : parse(schema, content, path);
    },
    async content(path) {
      const content = await read(path);
      if (content === null) throw refuse('archive/damaged', 'An entry is missing.', path);
      return content;
    },
    close: () => zip.close(),
  };
}
