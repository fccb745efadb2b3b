import { inputError } from '../../../contract/errors.ts';
import { MAX_PART_BYTES } from '../limits.ts';

/** An array of an .npy file in C order. Whole numbers of 64 bits come as doubles. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array | Float32Array | Float64Array | Int32Array;
  readonly integer: boolean;
}

interface Dtype {
  readonly bytes: number;
  readonly integer: boolean;
  /** Bytes of one or more values, aligned at 0, to numbers. */
  convert(content: ArrayBuffer): NpyArray['values'];
}

const dtypes: Readonly<Record<string, Dtype>> = {
  '|u1': { bytes: 1, integer: true, convert: (content) => new Uint8Array(content) },
  '|b1': { bytes: 1, integer: true, convert: (content) => new Uint8Array(content) },
  '|i1': { bytes: 1, integer: true, convert: (content) => Int32Array.from(new Int8Array(content)) },
  '<i2': { bytes: 2, integer: true, convert: (content) => Int32Array.from(new Int16Array(content)) },
  '<u2': { bytes: 2, integer: true, convert: (content) => Int32Array.from(new Uint16Array(content)) },
  '<i4': { bytes: 4, integer: true, convert: (content) => new Int32Array(content) },
  '<i8': {
    bytes: 8,
    integer: true,
    convert: (content) => Float64Array.from(new BigInt64Array(content), Number),
  },
  '<f4': { bytes: 4, integer: false, convert: (content) => new Float32Array(content) },
  '<f8': { bytes: 8, integer: false, convert: (content) => new Float64Array(content) },
};

/** Longest header: a shape, an order and a type need a hundred bytes. */
const MAX_HEADER_BYTES = 65_536;
const MAX_RANK = 8;

/**
 * Reads an .npy file (format 1, 2 and 3): magic, version, header length, then a Python dictionary with descr,
 * fortran_order and shape, then the values. `file` and `field` name it in errors.
 */
export function parseNpy(bytes: Buffer, file: string, field: string): NpyArray {
  const fail = (code: string, message: string, remedy = 'Write the file again with numpy.savez.') =>
    inputError(code, message, { file, field, remedy });
  if (bytes.length < 12 || bytes.toString('latin1', 0, 6) !== '\x93NUMPY') {
    throw fail('data/format', 'This is no NumPy array.');
  }
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) throw fail('data/format', `NumPy format ${version} is not known.`);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  if (length > MAX_HEADER_BYTES) throw fail('data/format', `The array's header claims ${length} bytes.`);
  if (start + length > bytes.length) throw fail('data/truncated', 'The array ends inside its header.');
  const header = bytes.toString(version === 3 ? 'utf8' : 'latin1', start, start + length);
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const tuple = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(header)?.[1];
  if (fortran === undefined || tuple === undefined)
    throw fail('data/format', "The array's header is damaged.");
  const dtype = descr === undefined ? undefined : dtypes[descr];
  if (dtype === undefined) {
    throw fail(
      'data/format',
      `Values of type ${descr ?? '(structured)'} are not read.`,
      `Convert with .astype('float32') or .astype('uint8'). Types read: ${Object.keys(dtypes).join(', ')}.`,
    );
  }
  const shape = tuple
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map((size) => Number.parseInt(size, 10));
  if (shape.length > MAX_RANK) throw fail('data/format', `The array has ${shape.length} dimensions.`);
  if (fortran === 'True' && shape.length > 1) {
    throw fail(
      'data/format',
      'The array is stored in Fortran order.',
      'Save numpy.ascontiguousarray(array) instead.',
    );
  }
  const count = shape.reduce((product, size) => product * size, 1);
  if (count * Math.max(4, dtype.bytes) > MAX_PART_BYTES) {
    throw fail('data/too-large', `The array has ${count} values, too many to keep.`, 'Use fewer samples.');
  }
  const content = bytes.subarray(start + length);
  if (content.length !== count * dtype.bytes) {
    throw fail(
      content.length < count * dtype.bytes ? 'data/truncated' : 'data/too-long',
      `The header promises ${count * dtype.bytes} bytes of values, but there are ${content.length}.`,
    );
  }
  return { shape, values: dtype.convert(new Uint8Array(content).buffer), integer: dtype.integer };
}
