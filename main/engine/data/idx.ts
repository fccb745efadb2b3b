import { inputError } from '../../contract/errors.ts';
import type { DataArray } from './arrays/array.ts';
import { decodeValues, type Dtype, dtypeOf } from './arrays/dtypes.ts';
import type { Place } from './files/place.ts';
import { readMeasured } from './gzip.ts';
import { MAX_SAMPLE_SIDE } from './limits.ts';

/** The types of IDX files by the third byte of the magic number, as NumPy writes them; all are big-endian. */
const TYPES: Readonly<Record<number, string>> = {
  0x08: '|u1',
  0x09: '|i1',
  0x0b: '>i2',
  0x0c: '>i4',
  0x0d: '>f4',
  0x0e: '>f8',
};

/** Samples of images with channels have four axes. */
const MAX_RANK = 4;

/**
 * Reads one IDX file, gzipped or not: two zero bytes, type, rank (1 to 4), then `rank` big-endian 32-bit sizes and the values.
 * `what` it holds is for messages.
 */
export async function readIdx(place: Place, what: string): Promise<DataArray> {
  let found: { dtype: Dtype; shape: number[] } | undefined;
  const bytes = await readMeasured(place, (head) => {
    found = parseHeader(head, place, what);
    const { dtype, shape } = found;
    return 4 + 4 * shape.length + dtype.bytes * shape.reduce((product, size) => product * size, 1);
  });
  if (found === undefined) throw new Error('the header is always measured');
  const { dtype, shape } = found;
  const content = bytes.subarray(4 + 4 * shape.length);
  // Bytes stay where they are: a copy of 47 MB is worth avoiding.
  const values = dtype.name === 'uint8' ? content : decodeValues(content, dtype);
  return { shape, values, type: dtype.name.replace('big-endian ', '') };
}

function parseHeader(head: Uint8Array, place: Place, what: string): { dtype: Dtype; shape: number[] } {
  const fail = (code: string, message: string, field: string, remedy: string) =>
    inputError(code, message, { file: place.shown, field, remedy });
  const rank = head[3] ?? 0;
  if (head.length < 4) throw short(fail, head.length);
  const magic = [...head.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  if (head[0] !== 0 || head[1] !== 0) {
    throw fail('data/format', `This is no IDX file: it starts with ${magic}.`, 'byte 0', 'Name an IDX file.');
  }
  const dtype = dtypeOf(TYPES[head[2] ?? 0] ?? '');
  if (dtype === undefined) {
    throw fail(
      'data/format',
      `The IDX file holds values of type 0x${magic.slice(6, 8)}, which IDX files do not have (0x08 to 0x0e).`,
      'byte 2',
      'The file is damaged or no IDX file: fetch it again.',
    );
  }
  if (rank === 0 || rank > MAX_RANK) {
    throw fail(
      'data/format',
      `The IDX file has ${rank} dimensions; 1 to ${MAX_RANK} are read.`,
      'byte 3',
      'Write one row, or one image of one or more channels, a sample.',
    );
  }
  if (head.length < 4 + 4 * rank) throw short(fail, head.length);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  for (const [i, size] of shape.entries()) {
    const field = `byte ${4 + 4 * i}`;
    if (size === 0)
      throw fail('data/empty', `The file holds no ${what}.`, field, 'Name a file with samples.');
    if (i > 0 && rank > 2 && size > MAX_SAMPLE_SIDE) {
      throw fail(
        'data/too-large',
        `The header says that an image has a side of ${size} pixels; at most ${MAX_SAMPLE_SIDE} are read.`,
        field,
        'The header is probably damaged: fetch the file again.',
      );
    }
  }
  return { dtype, shape };
}

function short(
  fail: (code: string, message: string, field: string, remedy: string) => Error,
  length: number,
): Error {
  return fail(
    'data/truncated',
    `The file ends inside its header (${length} bytes).`,
    'header',
    'The download or copy is incomplete: fetch it again.',
  );
}
