import { fromHalf } from '../../base/half.ts';
import type { ArrayValues } from './array.ts';

/** How one of NumPy's types lies in a file. */
export interface Dtype {
  /** Bytes of one value. */
  readonly bytes: number;
  /** For people: 'float16', 'big-endian int32'. */
  readonly name: string;
  /** Bytes of some values, aligned at 0 and in this machine's order, to values. */
  readonly convert: (content: ArrayBuffer) => ArrayValues;
  /** Bytes that are to be turned around as one: 1 for those in order. */
  readonly swap: number;
}

/** The values that some bytes of a file stand for. */
export function decodeValues(content: Uint8Array, { swap, convert }: Dtype): ArrayValues {
  const copy = new Uint8Array(content);
  const view = Buffer.from(copy.buffer);
  if (swap === 2) view.swap16();
  if (swap === 4) view.swap32();
  if (swap === 8) view.swap64();
  return convert(copy.buffer);
}

const kinds: Readonly<Record<string, { name: string; convert: (content: ArrayBuffer) => ArrayValues }>> = {
  b1: { name: 'bool', convert: (content) => new Uint8Array(content) },
  u1: { name: 'uint8', convert: (content) => new Uint8Array(content) },
  i1: { name: 'int8', convert: (content) => Int32Array.from(new Int8Array(content)) },
  u2: { name: 'uint16', convert: (content) => Int32Array.from(new Uint16Array(content)) },
  i2: { name: 'int16', convert: (content) => Int32Array.from(new Int16Array(content)) },
  u4: { name: 'uint32', convert: (content) => Float64Array.from(new Uint32Array(content)) },
  i4: { name: 'int32', convert: (content) => new Int32Array(content) },
  u8: { name: 'uint64', convert: (content) => Float64Array.from(new BigUint64Array(content), Number) },
  i8: { name: 'int64', convert: (content) => Float64Array.from(new BigInt64Array(content), Number) },
  f2: { name: 'float16', convert: (content) => Float32Array.from(new Uint16Array(content), fromHalf) },
  f4: { name: 'float32', convert: (content) => new Float32Array(content) },
  f8: { name: 'float64', convert: (content) => new Float64Array(content) },
};

/** Names of the number types, for messages. */
export const numberTypes = Object.values(kinds).map(({ name }) => name);

/** Longest text of one value; class names have a few dozen characters. */
const MAX_TEXT = 1024;

/**
 * The type that a header's `descr` names: byte order, kind and bytes ('<f4', '>i2', '|u1'), or characters of text ('<U5' in UTF-32,
 * '|S5' in bytes); undefined when it is none of these.
 */
export function dtypeOf(descr: string): Dtype | undefined {
  const [, order = '', kind = '', digits = ''] = /^([<>|=])([a-zA-Z])(\d{1,4})$/.exec(descr) ?? [];
  const big = order === '>';
  const size = Number(digits);
  if (kind === 'U' || kind === 'S' || kind === 'a') {
    if (size === 0 || size > MAX_TEXT) return undefined;
    const wide = kind === 'U';
    const bytes = wide ? 4 * size : size;
    return {
      bytes,
      name: 'text',
      convert: (content) => texts(Buffer.from(content), bytes, wide),
      swap: big && wide ? 4 : 1,
    };
  }
  const found = kinds[`${kind}${digits}`];
  if (found === undefined) return undefined;
  const swap = big ? size : 1;
  return { ...found, bytes: size, name: swap > 1 ? `big-endian ${found.name}` : found.name, swap };
}

/** Texts of `bytes` bytes each, filled up with zeros: UTF-32 where they are wide, else UTF-8. */
function texts(content: Buffer, bytes: number, wide: boolean): string[] {
  return Array.from({ length: content.length / bytes }, (_, i) => {
    const text = content.subarray(i * bytes, (i + 1) * bytes);
    if (!wide) return text.toString('utf8').replace(/\0+$/, '');
    const points = Array.from({ length: bytes / 4 }, (_, at) => text.readUInt32LE(4 * at));
    return points
      .map((point) => String.fromCodePoint(point <= 0x10ffff ? point : 0xfffd))
      .join('')
      .replace(/\0+$/, '');
  });
}
