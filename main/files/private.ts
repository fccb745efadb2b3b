import { chmodSync, closeSync, lstatSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from './problems.ts';

/**
 * What the program keeps for a person is that person's alone, whatever the umask says: folders 0700, files 0600. Windows has
 * no such rights; there a profile's folder is private already.
 */

export const PRIVATE_FOLDER = 0o700;
const FILE = 0o600;
/** Rights of the group and of everybody else. */
const OTHERS = 0o077;

/** Makes a folder, with those above it, that only its owner may enter. One that is there keeps its rights. */
export function makePrivateFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: PRIVATE_FOLDER });
  } catch (error) {
    throw fileError(error, path, 'make this folder');
  }
}

/**
 * Makes an empty file that only its owner may read, for those who open it by its name later. One that is there stays; where none
 * can be made, whoever opens it says why.
 */
export function makePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'ax', FILE));
  } catch {
    return;
  }
}

/**
 * Takes the rights of others from a file or a folder and all that is in it. Links are left alone, and so is what belongs to
 * somebody else.
 */
export function makePrivate(path: string): void {
  if (process.platform === 'win32') return;
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.uid !== process.getuid?.()) return;
  if (found.isDirectory()) for (const name of readdirSync(path)) makePrivate(join(path, name));
  else if (!found.isFile()) return;
  if ((found.mode & OTHERS) !== 0) chmodSync(path, found.isDirectory() ? PRIVATE_FOLDER : FILE);
}

/** Lets nothing that this process makes from now on be read by others. */
export function keepPrivate(): void {
  process.umask(OTHERS);
}
