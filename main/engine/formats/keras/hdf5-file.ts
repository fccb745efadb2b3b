import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ready } from 'h5wasm';

/** The library's own error, which its C code understands; its types do not tell. */
export type FileSystem = Awaited<typeof ready>['FS'] & { readonly ErrnoError: new (code: number) => Error };
/** Its number for a failed read. */
const EIO = 29;

/** A file that the library can read. */
export interface LinkedFile {
  /** In bytes. */
  readonly size: number;
  readonly close: () => void;
}

/** What the library's file system has for a file; its types do not tell. */
interface FileNode {
  usedBytes: number;
  stream_ops: object;
}

/**
 * Puts one file of the machine into the library's own file system, to be read only. The library reads from it what it needs
 * when it needs it, and sees no other file.
 * @param path what it is called there
 */
export function linkFile(system: FileSystem, path: string, file: string): LinkedFile {
  const descriptor = openSync(file, 'r');
  const { size } = fstatSync(descriptor);
  system.writeFile(path, new Uint8Array());
  const node = system.lookupPath(path, {}).node as unknown as FileNode;
  node.usedBytes = size;
  node.stream_ops = {
    ...node.stream_ops,
    read(_: unknown, memory: Int8Array, offset: number, length: number, position: number): number {
      try {
        return length === 0 ? 0 : readSync(descriptor, memory, offset, length, position);
      } catch {
        throw new system.ErrnoError(EIO);
      }
    },
  };
  return { size, close: () => closeSync(descriptor) };
}
