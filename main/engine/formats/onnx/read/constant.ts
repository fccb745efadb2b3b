import { inputError } from '../../../../contract/errors.ts';
import { fromBfloat, fromHalf } from '../../../base/half.ts';
import type { ReadTensor } from './model.ts';
import { readVarints, WireError } from './wire.ts';

/**
 * Stands for the size of the batch in shape arithmetic: a number that no real dimension has, and that arithmetic turns into
 * others that no dimension has either, so that a shape made from it in any way but by moving it about is refused later.
 */
export const BATCH = -(2 ** 52);

/** Bound on the elements of an integer constant: they are shapes, axes and indices, never images; bytes may be weights. */
const MAX_INTEGERS = { wide: 2 ** 20, bytes: 2 ** 26 };

/** A tensor whose numbers are known when the file is read. Integers (also booleans) are doubles, exact up to 2^53. */
export type Constant = { readonly shape: readonly number[] } & (
  | { readonly kind: 'float'; readonly data: Float32Array }
  | { readonly kind: 'integer'; readonly data: Float64Array }
);

export type FloatConstant = Extract<Constant, { kind: 'float' }>;

export function integers(values: readonly number[], shape: readonly number[] = [values.length]): Constant {
  return { kind: 'integer', shape, data: Float64Array.from(values) };
}

/** How the numbers of one TensorProto.DataType become ours. */
interface NumberType {
  readonly name: string;
  readonly kind: Constant['kind'];
  readonly width: number;
  /** From little-endian bytes that are aligned and begin their buffer. */
  readonly raw: (buffer: ArrayBufferLike) => ArrayLike<number | bigint>;
  /** From one number as it is stored; the number itself when left out. */
  readonly value?: (stored: number) => number;
}

const numberTypes: Readonly<Record<number, NumberType>> = {
  1: { name: 'float32', kind: 'float', width: 4, raw: (buffer) => new Float32Array(buffer) },
  2: { name: 'uint8', kind: 'integer', width: 1, raw: (buffer) => new Uint8Array(buffer) },
  3: { name: 'int8', kind: 'integer', width: 1, raw: (buffer) => new Int8Array(buffer) },
  4: { name: 'uint16', kind: 'integer', width: 2, raw: (buffer) => new Uint16Array(buffer) },
  5: { name: 'int16', kind: 'integer', width: 2, raw: (buffer) => new Int16Array(buffer) },
  6: { name: 'int32', kind: 'integer', width: 4, raw: (buffer) => new Int32Array(buffer) },
  7: { name: 'int64', kind: 'integer', width: 8, raw: (buffer) => new BigInt64Array(buffer) },
  9: { name: 'bool', kind: 'integer', width: 1, raw: (buffer) => new Uint8Array(buffer) },
  10: { name: 'float16', kind: 'float', width: 2, raw: (buffer) => new Uint16Array(buffer), value: fromHalf },
  11: { name: 'float64', kind: 'float', width: 8, raw: (buffer) => new Float64Array(buffer) },
  12: { name: 'uint32', kind: 'integer', width: 4, raw: (buffer) => new Uint32Array(buffer) },
  13: { name: 'uint64', kind: 'integer', width: 8, raw: (buffer) => new BigUint64Array(buffer) },
  16: {
    name: 'bfloat16',
    kind: 'float',
    width: 2,
    raw: (buffer) => new Uint16Array(buffer),
    value: fromBfloat,
  },
};

/** From this TensorProto.DataType on, types have 8 bits or fewer: float8, int4 and the like. */
const FIRST_QUANTISED = 17;

/** Number of elements; refused when a dimension is negative or the product is beyond counting. */
export function elementsOf(dims: readonly number[]): number {
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (dims.some((dim) => !Number.isSafeInteger(dim) || dim < 0) || !Number.isSafeInteger(count)) {
    throw new WireError(`it has the impossible shape [${dims.join(', ')}]`);
  }
  return count;
}

/** The bytes of the file that a tensor names, from `offset` on, all of them or `length`. */
export type ExternalData = (location: string, offset: number, length?: number) => Uint8Array;

/**
 * The numbers of a tensor of the file. Nothing is allocated before the file is seen to hold as many numbers as the shape
 * claims.
 * @param file what the user calls the file, for messages
 */
export function constantOf(tensor: ReadTensor, file?: string, external?: ExternalData): Constant {
  try {
    return decodeNumbers(tensor, external);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw inputError('onnx/tensor', `tensor '${tensor.name}' cannot be read: ${error.message}`, {
      file,
      field: tensor.name,
    });
  }
}

function decodeNumbers(tensor: ReadTensor, external: ExternalData | undefined): Constant {
  const { dims, source } = tensor;
  if (source.kind === 'sparse') return densified(dims, source.values, source.indices, external);
  const type = numberTypes[tensor.type];
  if (type === undefined) {
    const quantised =
      tensor.type >= FIRST_QUANTISED ? ': it is quantised already, bring the float32 model' : '';
    throw new WireError(`its element type (number ${tensor.type}) is not supported${quantised}`);
  }
  const count = elementsOf(dims);
  if (type.kind === 'integer' && count > (type.width === 1 ? MAX_INTEGERS.bytes : MAX_INTEGERS.wide)) {
    throw new WireError(`it holds ${count} integers; only shapes, axes and indices may be integers`);
  }
  const stored = storedNumbers(type, source, count, external);
  return type.kind === 'float'
    ? { kind: 'float', shape: dims, data: converted(stored, type, Float32Array) }
    : { kind: 'integer', shape: dims, data: converted(stored, type, Float64Array) };
}

/** Elements that a sparse tensor may have for each one that is stored, beside some that it may have anyway. */
const MAX_SPARSE = { each: 10_000, free: 2 ** 20 };

/** A sparse tensor with its zeros put in. Positions are flat, or one for each axis. */
function densified(
  dims: readonly number[],
  stored: ReadTensor,
  places: ReadTensor,
  external: ExternalData | undefined,
): Constant {
  const values = decodeNumbers(stored, external);
  const indices = decodeNumbers(places, external);
  const count = elementsOf(dims);
  const rank = indices.shape.length === 2 ? dims.length : 1;
  if (count > values.data.length * MAX_SPARSE.each + MAX_SPARSE.free) {
    throw new WireError(`it claims ${count} elements for ${values.data.length} stored ones`);
  }
  if (
    values.kind !== 'float' ||
    indices.kind !== 'integer' ||
    indices.data.length !== values.data.length * rank
  ) {
    throw new WireError('its positions are not as many as its values');
  }
  const data = new Float32Array(count);
  values.data.forEach((value, i) => {
    let place = 0;
    for (let axis = 0; axis < rank; axis++) {
      const at = indices.data[i * rank + axis] ?? NaN;
      const size = rank === 1 ? count : (dims[axis] ?? 0);
      if (!(at >= 0 && at < size))
        throw new WireError(`it has a value at the position ${at}, which is outside`);
      place = place * size + at;
    }
    data[place] = value;
  });
  return { kind: 'float', shape: dims, data };
}

function storedNumbers(
  type: NumberType,
  source: Exclude<ReadTensor['source'], { kind: 'sparse' }>,
  count: number,
  external: ExternalData | undefined,
): ArrayLike<number | bigint> {
  switch (source.kind) {
    case 'none':
      if (count > 0) throw new WireError('the file does not hold its numbers');
      return [];
    case 'varints':
      if (source.bytes.length < count) throw new WireError(`the file holds fewer numbers than ${count}`);
      return readVarints(source.bytes, count);
    case 'raw':
      return rawNumbers(type, source.bytes, count);
    case 'external':
      if (external === undefined) {
        throw new WireError(`its numbers are in another file, '${source.location}', which was not given`);
      }
      return rawNumbers(type, external(source.location, source.offset, source.length), count);
  }
}

function rawNumbers(type: NumberType, bytes: Uint8Array, count: number): ArrayLike<number | bigint> {
  if (bytes.length !== count * type.width) {
    throw new WireError(
      `it has ${bytes.length} bytes, but ${count} numbers of ${type.name} need ${count * type.width}`,
    );
  }
  // The copy begins its buffer, so it is aligned, and it does not keep the whole file in memory.
  return type.raw(Uint8Array.from(bytes).buffer);
}

function converted<T extends Float32Array | Float64Array>(
  stored: ArrayLike<number | bigint>,
  type: NumberType,
  target: { new (length: number): T },
): T {
  if (stored instanceof target) return stored;
  const values = new target(stored.length);
  for (let i = 0; i < values.length; i++) {
    const number = Number(stored[i]);
    values[i] = type.value === undefined ? number : type.value(number);
  }
  return values;
}
