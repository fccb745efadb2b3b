import { open } from 'node:fs/promises';
import { littleEndianValues } from '../little-endian.ts';
import { dtypes, LENGTH_BYTES } from './layout.ts';
import type { NamedTensor } from './layout.ts';
import { headerEnd, parseHeader } from './read.ts';

/** A .safetensors file of which only what is wanted is read. */
export interface OpenSafetensors {
  /** The shapes of all tensors. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Reads one tensor; undefined where there is none of this name. */
  tensor(name: string): Promise<NamedTensor | undefined>;
  close(): Promise<void>;
}

/**
 * Opens a .safetensors file and reads its header.
 * @throws EspalierError for a file whose header is wrong or does not fit its size; errors of the file system as they are
 */
export async function openSafetensors(path: string): Promise<OpenSafetensors> {
  const file = await open(path);
  const read = async (begin: number, end: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(end - begin);
    // A file that became shorter meanwhile leaves zeros behind what there was.
    await file.read(bytes, 0, bytes.length, begin);
    return bytes;
  };
  try {
    const { size } = await file.stat();
    const start = headerEnd(await read(0, Math.min(LENGTH_BYTES, size)), size, path);
    const { entries } = parseHeader(await read(LENGTH_BYTES, start), size - start, path);
    const found = new Map(entries.map((entry) => [entry.name, entry]));
    return {
      shapes: new Map(entries.map(({ name, shape }) => [name, shape])),
      async tensor(name) {
        const entry = found.get(name);
        if (entry === undefined) return undefined;
        const { dtype, shape, data_offsets: offsets } = entry;
        const bytes = await read(start + offsets[0], start + offsets[1]);
        return { name, dtype, shape, data: littleEndianValues(dtypes[dtype], bytes) };
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}
