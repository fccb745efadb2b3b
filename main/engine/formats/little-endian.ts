import { endianness } from 'node:os';

/** Arrays of numbers as files hold them. */
export type NumberArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** The constructor of such an array. */
export interface NumberArrayType {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): NumberArray;
}

/** Bytes of model files are little-endian on every machine. Where the machine is too, no value is touched one by one. */
const NATIVE = endianness() === 'LE';

/** The values' bytes: a view of the same memory where that is possible. */
export function littleEndianBytes(values: NumberArray): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return NATIVE ? bytes : swapped(bytes, values.BYTES_PER_ELEMENT);
}

/** The values in `bytes`: a view of the same memory where it is aligned, else a copy. */
export function littleEndianValues(type: NumberArrayType, bytes: Uint8Array): NumberArray {
  const width = type.BYTES_PER_ELEMENT;
  let source = NATIVE ? bytes : swapped(bytes, width);
  if (source.byteOffset % width !== 0) source = new Uint8Array(source);
  return new type(source.buffer, source.byteOffset, source.byteLength / width);
}

function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i - (i % width) + (width - 1 - (i % width))] = bytes[i] ?? 0;
  return out;
}
