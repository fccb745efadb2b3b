import { inputError } from '../../../contract/errors.ts';
import type { ArrayValues, DataArray } from '../arrays/array.ts';
import { decodeValues, dtypeOf, numberTypes } from '../arrays/dtypes.ts';
import { MAX_PART_BYTES } from '../limits.ts';

/** Longest header: a shape, an order and a type need a hundred bytes. */
const MAX_HEADER_BYTES = 65_536;
const MAX_RANK = 8;

/** Whether these are the first bytes of an .npy file. */
export function isNpy(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 6) === '\x93NUMPY';
}

/**
 * Reads an .npy file (format 1, 2 and 3): magic, version, header length, then a Python dictionary with descr,
 * fortran_order and shape, then the values. `file` and `field` name it in errors.
 */
export function parseNpy(bytes: Buffer, file: string, field: string): DataArray {
  const fail = (code: string, message: string, remedy = 'Write the file again with numpy.savez.') =>
    inputError(code, message, { file, field, remedy });
  if (bytes.length < 12 || !isNpy(bytes)) throw fail('data/format', 'This is no NumPy array.');
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
  const dtype = descr === undefined ? undefined : dtypeOf(descr);
  if (dtype === undefined) throw fail('data/format', ...unread(descr));
  const shape = tuple
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map((size) => Number.parseInt(size, 10));
  if (shape.length > MAX_RANK) throw fail('data/format', `The array has ${shape.length} dimensions.`);
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
  const values = decodeValues(content, dtype);
  return {
    shape,
    values: fortran === 'True' && shape.length > 1 ? rowMajor(values, shape) : values,
    type: dtype.name,
  };
}

/** What is wrong with a type that is not read, and the remedy. */
function unread(descr: string | undefined): [string, string] {
  if (descr?.includes('O') === true) {
    return [
      'The array holds Python objects (a pickle). Pickles are never opened: they can run any program.',
      "Save numbers or plain texts: y.astype('int64') for labels that are numbers, y.astype(str) for names, numpy.stack(x) for a list of images of one size.",
    ];
  }
  if (descr === undefined) {
    return [
      'The array has named fields (a structured or record array), which are not read.',
      'Save each field as an array of its own, or the table as CSV.',
    ];
  }
  return [
    `Values of type ${descr} are not read.`,
    `Convert with .astype('float32'), and labels with .astype('int64') or .astype(str). Types read: ${numberTypes.join(', ')} and texts.`,
  ];
}

/** Values in Fortran order (the first axis runs fastest) in C order. */
function rowMajor<V extends ArrayValues>(values: V, shape: readonly number[]): V {
  const result = values.slice() as V & { [at: number]: V[number] };
  const rank = shape.length;
  const index = new Array<number>(rank).fill(0);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  let from = 0;
  for (let to = 0; to < values.length; to++) {
    result[to] = values[from] as V[number];
    for (let axis = rank - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      from += strides[axis] ?? 0;
      if (next < (shape[axis] ?? 0)) {
        index[axis] = next;
        break;
      }
      from -= next * (strides[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return result;
}
