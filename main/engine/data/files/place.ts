import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { inputError } from '../../../contract/errors.ts';
import { MAX_FILE_BYTES } from '../limits.ts';

/** A file or folder as the user named it, and where that is. */
export interface Place {
  /** For messages: as written in the recipe. */
  readonly shown: string;
  /** Absolute. */
  readonly full: string;
}

/** Where files are that came along with the run, by the names that its recipe has for them. */
const moved = new Map<string, string>();

/** From now on, and in this process, files that a recipe names so are at these places. */
export function relocate(places: Readonly<Record<string, string>>): void {
  for (const [shown, full] of Object.entries(places)) moved.set(shown, full);
}

/** Where a path of the recipe is, seen from the recipe's folder. */
export function locate(baseFolder: string, shown: string): Place {
  return { shown, full: path.resolve(baseFolder, moved.get(shown) ?? shown) };
}

/** A place inside a folder. */
export function within(folder: Place, name: string): Place {
  return {
    shown: path.isAbsolute(name) ? name : path.join(folder.shown, name),
    full: path.resolve(folder.full, name),
  };
}

/** @throws EspalierError for what may go wrong when a file is opened, else the error itself */
export function refuse(place: Place, error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    throw inputError('data/not-found', 'There is no such file or folder.', {
      file: place.shown,
      remedy: "Check the path; relative paths start at the recipe's folder.",
    });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    throw inputError('data/unreadable', 'This file may not be read.', {
      file: place.shown,
      remedy: 'Give yourself permission to read it.',
    });
  }
  throw error;
}

/** 'file' or 'folder'; an inputError when it is neither or not there. */
export async function kindOf(place: Place): Promise<'file' | 'folder'> {
  const info = await stat(place.full).catch((error: unknown) => refuse(place, error));
  if (info.isDirectory()) return 'folder';
  if (info.isFile()) return 'file';
  throw inputError('data/unreadable', 'This is neither a file nor a folder.', {
    file: place.shown,
    remedy: 'Name a regular file or a folder.',
  });
}

/**
 * Names in a folder, sorted by code units so that the order is the same on every machine. What operating systems leave there is not
 * among them; `clutter` is told of it.
 */
export async function listFolder(
  place: Place,
  clutter: (name: string) => void = () => undefined,
): Promise<{ name: string; kind: 'file' | 'folder' }[]> {
  if ((await kindOf(place)) !== 'folder') {
    throw inputError('data/not-a-folder', 'A folder is expected here, but this is a file.', {
      file: place.shown,
      remedy: 'Name the folder that holds the files.',
    });
  }
  const found = await readdir(place.full, { withFileTypes: true }).catch((error: unknown) =>
    refuse(place, error),
  );
  const visible = found.filter(({ name }) => !isClutter(name));
  for (const { name } of found) if (isClutter(name)) clutter(name);
  const entries = await Promise.all(
    visible.map(async (entry) => {
      const { name } = entry;
      if (entry.isFile()) return { name, kind: 'file' as const };
      // A folder, a link to something, or what cannot be read at all.
      return { name, kind: await kindOf(within(place, name)) };
    }),
  );
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names, in small letters, of what operating systems and storage devices leave in folders and archives. */
const CLUTTER = new Set([
  ...['__macosx', 'thumbs.db', 'ehthumbs.db', 'desktop.ini', 'icon\r', '@eadir', '#recycle', '#snapshot'],
  ...['lost+found', '$recycle.bin', 'system volume information', '@tmp', '@recycle', '__pycache__'],
]);

/** Whether a file or folder is one of these, or hidden. */
export function isClutter(name: string): boolean {
  return name.startsWith('.') || CLUTTER.has(name.toLowerCase());
}

/** Size in bytes of a file that must exist, not be empty and not exceed `limit`. */
export async function sizeOf(place: Place, limit = MAX_FILE_BYTES): Promise<number> {
  if ((await kindOf(place)) === 'folder') {
    throw inputError('data/not-a-file', 'A file is expected here, but this is a folder.', {
      file: place.shown,
      remedy: 'Name the file itself.',
    });
  }
  const { size } = await stat(place.full);
  if (size === 0) {
    throw inputError('data/empty', 'The file is empty.', {
      file: place.shown,
      remedy: 'Fetch or write it again.',
    });
  }
  if (size > limit) {
    throw inputError('data/too-large', `The file has ${size} bytes; at most ${limit} are read.`, {
      file: place.shown,
      remedy: 'Split it, or use fewer samples.',
    });
  }
  return size;
}

/** The whole file, bounded by `limit` before it is read. */
export async function readBytes(place: Place, limit = MAX_FILE_BYTES): Promise<Buffer> {
  await sizeOf(place, limit);
  return readFile(place.full).catch((error: unknown) => refuse(place, error));
}
