import { createHash, randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileError, systemCode } from './problems.ts';

/**
 * Files appear whole or not at all: content goes to a hidden file aside, is flushed to the disk, and takes its name by a
 * rename; then the folder is flushed, so that the name survives a power cut too.
 */

const asidePattern = /^\..+\.[0-9a-f]{12}\.partial$/;

function asideOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.partial`);
}

/** Flushes a folder's entries. Windows cannot, and does not need to. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network and FUSE file systems refuse; the file itself is flushed by then.
    if (systemCode(error) !== 'EINVAL' && systemCode(error) !== 'ENOTSUP') throw error;
  } finally {
    await handle.close();
  }
}

/**
 * Writes a stream of bytes to `path`, replacing what is there only when all of it is on the disk. If the source throws,
 * its error comes through and nothing is left behind.
 * @returns the size and the SHA-256 of what was written
 * @throws EspalierError 'files/...' naming the file
 */
export async function writeStreamAtomic(
  path: string,
  source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<{ bytes: number; sha256: string }> {
  const aside = asideOf(path);
  const failed = (error: unknown) => fileError(error, path, 'write this file');
  const handle = await open(aside, 'wx').catch((error: unknown) => {
    throw failed(error);
  });
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    try {
      for await (const chunk of source) {
        await handle.writeFile(chunk).catch((error: unknown) => {
          throw failed(error);
        });
        hash.update(chunk);
        bytes += chunk.byteLength;
      }
      await handle.sync().catch((error: unknown) => {
        throw failed(error);
      });
    } finally {
      await handle.close();
    }
    try {
      await rename(aside, path);
      await syncFolder(dirname(path));
    } catch (error) {
      throw failed(error);
    }
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/**
 * Writes a whole file at once: see `writeStreamAtomic`.
 * @throws EspalierError 'files/...' naming the file
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
): Promise<{ bytes: number; sha256: string }> {
  return writeStreamAtomic(path, [typeof content === 'string' ? Buffer.from(content, 'utf8') : content]);
}

/** Removes what writers that were killed left aside in a folder. Only for a folder that nobody is writing to. */
export async function sweepAside(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw fileError(error, folder, 'read this folder');
  });
  for (const name of names) {
    if (asidePattern.test(name)) await rm(join(folder, name), { force: true });
  }
}
