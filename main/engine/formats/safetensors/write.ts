import { sizeOf } from '../../network/graph.ts';
import { littleEndianBytes } from '../little-endian.ts';
import type { NamedTensor } from './layout.ts';
import { dtypes, LENGTH_BYTES, METADATA_KEY } from './layout.ts';

export type { NamedTensor } from './layout.ts';

/** The data begins at a multiple of this many bytes, so that readers can map it. */
const ALIGNMENT = 8;

/**
 * The bytes of a .safetensors file: 8 bytes of header length, a JSON header, the tensors without gaps. As the format's own
 * library does, wider types go first, then names in order, so that every tensor is aligned.
 * @throws RangeError when a tensor's data does not fit its shape and dtype, or two have the same name
 */
export function writeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const ordered = [...tensors].sort(
    (a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT || compare(a.name, b.name),
  );
  // Without a prototype, a tensor may even be called '__proto__'.
  const header = Object.create(null) as Record<string, unknown>;
  if (Object.keys(metadata).length > 0) header[METADATA_KEY] = metadata;
  let offset = 0;
  for (const { name, dtype, shape, data } of ordered) {
    if (name === METADATA_KEY || name in header) throw new RangeError(`'${name}' is taken already`);
    if (!(data instanceof dtypes[dtype]) || data.length !== sizeOf(shape)) {
      throw new RangeError(`the data of tensor '${name}' does not fit its shape and dtype ${dtype}`);
    }
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(LENGTH_BYTES + padded + offset).fill(0x20, LENGTH_BYTES, LENGTH_BYTES + padded);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.set(text, LENGTH_BYTES);
  let at = LENGTH_BYTES + padded;
  for (const { data } of ordered) {
    file.set(littleEndianBytes(data), at);
    at += data.byteLength;
  }
  return file;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
