import protobuf from 'protobufjs/minimal.js';
import type { Sparsity, TensorSummary } from '../encodings.ts';
import { encodingBytes, gapBytes, sparsityOf } from '../encodings.ts';
import { littleEndianValues } from '../little-endian.ts';

/** Types whose zeros are counted. A float is zero when all bits but its sign are. */
const COUNTED: Readonly<
  Record<
    number,
    {
      name: string;
      width: number;
      mask: number;
      view: typeof Uint32Array | typeof Uint16Array | typeof Uint8Array;
    }
  >
> = {
  1: { name: 'float32', width: 4, mask: 0x7fffffff, view: Uint32Array },
  2: { name: 'uint8', width: 1, mask: 0xff, view: Uint8Array },
  3: { name: 'int8', width: 1, mask: 0xff, view: Uint8Array },
  10: { name: 'float16', width: 2, mask: 0x7fff, view: Uint16Array },
};
const BYTES: ReadonlySet<number> = new Set([2, 3]);
const OTHERS: Readonly<Record<number, string>> = {
  6: 'int32',
  7: 'int64',
  9: 'bool',
  11: 'float64',
  16: 'bfloat16',
};

type Fields = (field: number, reader: protobuf.Reader, wire: number) => boolean;

/** Visits each field of a message; what the visitor does not read (false) is skipped. */
export function eachField(bytes: Uint8Array, visit: Fields): void {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (!visit(tag >>> 3, reader, tag & 7)) reader.skipType(tag & 7);
  }
}

/** A TensorProto as it lies in the file. */
export interface Stored {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  readonly content: Uint8Array | undefined;
  /** Whether its numbers are in another file. */
  readonly external: boolean;
}

/**
 * What a TensorProto says.
 * @param zero the whole number that stands for zero
 */
export function denseTensor({ name, shape, type, content, external }: Stored, zero = 0): TensorSummary {
  const elements = sizeOf(shape);
  const counted = COUNTED[type];
  const whole = counted !== undefined && content?.byteLength === elements * counted.width;
  const found = whole
    ? sparsityOf(littleEndianValues(counted.view, content) as Uint8Array, counted.mask, zero)
    : null;
  const size = external ? elements * (counted?.width ?? 0) : (content?.byteLength ?? 0);
  return summary(name, shape, type, 'dense', size, found);
}

/** What a SparseTensorProto says: positions are int64, in the flat tensor. */
export function sparseTensor(bytes: Uint8Array): TensorSummary {
  const dims: number[] = [];
  const parts: { values?: Stored; indices?: Stored } = {};
  eachField(bytes, (field, reader, wire) => {
    if (field === 1) parts.values = stored(reader.bytes());
    else if (field === 2) parts.indices = stored(reader.bytes());
    else if (field === 3) dims.push(...integers(reader, wire));
    else return false;
    return true;
  });
  const { values, indices } = parts;
  const places = indices?.content ?? new Uint8Array();
  const size = (values?.content?.byteLength ?? 0) + places.byteLength;
  const flat = indices?.shape.length === 1 && places.byteLength === (indices.shape[0] ?? 0) * 8;
  const found = flat ? sparsityAt(places, sizeOf(dims)) : null;
  return summary(values?.name ?? '', dims, values?.type ?? 0, 'sparse', size, found);
}

function sparsityAt(positions: Uint8Array, elements: number): Sparsity {
  const places = littleEndianValues(BigInt64Array, positions) as BigInt64Array;
  let [gaps, last] = [0, -1];
  for (const place of places) {
    gaps += gapBytes(Number(place) - last - 1);
    last = Number(place);
  }
  return { elements, nonzero: places.length, gaps };
}

function summary(
  name: string,
  shape: readonly number[],
  type: number,
  encoding: 'dense' | 'sparse',
  bytes: number,
  found: Sparsity | null,
): TensorSummary {
  const counted = COUNTED[type];
  return {
    name,
    shape,
    elements: sizeOf(shape),
    nonzero: found?.nonzero ?? null,
    type: counted?.name ?? OTHERS[type] ?? `type ${type}`,
    encoding,
    bytes,
    encodings: found === null || counted === undefined ? null : encodingBytes(found, shape, counted.width),
  };
}

const sizeOf = (shape: readonly number[]) => shape.reduce((size, dim) => size * dim, 1);

/** Reads a TensorProto without looking at its numbers. */
export function stored(bytes: Uint8Array): Stored {
  const shape: number[] = [];
  let name = '';
  let type = 0;
  let content: Uint8Array | undefined;
  let external = false;
  const bytesAsNumbers: number[] = [];
  eachField(bytes, (field, reader, wire) => {
    if (field === 1) shape.push(...integers(reader, wire));
    else if (field === 2) type = reader.int32();
    else if (field === 8) name = reader.string();
    // int32_data, which holds bytes too.
    else if (field === 5) bytesAsNumbers.push(...integers(reader, wire));
    // raw_data, or packed float_data: both are little-endian floats.
    else if ((field === 9 || field === 4) && wire === 2) content = reader.bytes();
    else if (field === 14) external = reader.int32() === 1;
    else return false;
    return true;
  });
  if (BYTES.has(type) && bytesAsNumbers.length > 0) content ??= Uint8Array.from(bytesAsNumbers);
  return { name, shape, type, content, external };
}

/** A repeated integer field, packed or not. */
function integers(reader: protobuf.Reader, wire: number): number[] {
  if (wire !== 2) return [Number(reader.int64())];
  const packed = protobuf.Reader.create(reader.bytes());
  const values: number[] = [];
  while (packed.pos < packed.len) values.push(Number(packed.int64()));
  return values;
}
