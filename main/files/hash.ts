import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { fileError } from './problems.ts';

/** SHA-256 of bytes in memory, in hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * SHA-256 of a file, in hexadecimal, without holding it in memory.
 * @throws EspalierError 'files/...' naming the file
 */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (error) {
    throw fileError(error, path, 'read this file');
  }
  return hash.digest('hex');
}
