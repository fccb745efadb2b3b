import { promisify } from 'node:util';
import { constants, gunzip, gunzipSync } from 'node:zlib';
import { inputError } from '../../contract/errors.ts';
import { type Place, readBytes } from './files/place.ts';
import { MAX_DEFLATE_RATIO, MAX_PART_BYTES } from './limits.ts';

const gunzipAsync = promisify(gunzip);

/** Compressed bytes that are enough to see a header; they inflate to 8 MiB at the very most. */
const PEEK_BYTES = 8192;

function corrupt(place: Place, error: unknown) {
  const message = error instanceof Error ? error.message : String(error);
  const ended = (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
  return ended
    ? inputError('data/truncated', 'The compressed file ends too early.', {
        file: place.shown,
        remedy: 'The download or copy is incomplete: fetch it again.',
      })
    : inputError('data/corrupt', `The compressed file is damaged (${message}).`, {
        file: place.shown,
        remedy: 'Fetch it again.',
      });
}

/** The length that a header promises, against what may be and what there is. */
function checkPromise(place: Place, promised: number, compressed: number | undefined): void {
  if (promised > MAX_PART_BYTES) {
    throw inputError(
      'data/too-large',
      `The header promises ${promised} bytes; at most ${MAX_PART_BYTES} are read.`,
      {
        file: place.shown,
        field: 'header',
        remedy: 'The header may be damaged; otherwise use fewer samples.',
      },
    );
  }
  if (compressed !== undefined && promised > compressed * MAX_DEFLATE_RATIO) {
    throw inputError(
      'data/truncated',
      `The header promises ${promised} bytes, more than ${compressed} compressed bytes can hold.`,
      { file: place.shown, field: 'header', remedy: 'The download or copy is incomplete: fetch it again.' },
    );
  }
}

function checkLength(place: Place, actual: number, promised: number): void {
  if (actual === promised) return;
  const short = actual < promised;
  throw inputError(
    short ? 'data/truncated' : 'data/too-long',
    short
      ? `The file ends at byte ${actual}, but its header promises ${promised} bytes.`
      : `The file goes on after byte ${promised}, where its header says that it ends.`,
    {
      file: place.shown,
      field: `byte ${Math.min(actual, promised)}`,
      remedy: short
        ? 'The download or copy is incomplete: fetch it again.'
        : 'The file is damaged or not of this format: fetch it again.',
    },
  );
}

/**
 * Reads a file that may be gzipped. `measure` gets the first bytes (uncompressed) and returns the length in bytes that the
 * file must have, or throws when the header is wrong; nothing is inflated beyond that length.
 */
export async function readMeasured(place: Place, measure: (head: Uint8Array) => number): Promise<Uint8Array> {
  const bytes = await readBytes(place);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    const promised = measure(bytes.subarray(0, PEEK_BYTES));
    checkPromise(place, promised, undefined);
    checkLength(place, bytes.length, promised);
    return bytes;
  }
  let head: Uint8Array;
  try {
    head = gunzipSync(bytes.subarray(0, PEEK_BYTES), { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw corrupt(place, error);
  }
  const promised = measure(head);
  checkPromise(place, promised, bytes.length);
  let content: Uint8Array;
  try {
    content = await gunzipAsync(bytes, { maxOutputLength: promised });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      checkLength(place, promised + 1, promised);
    }
    throw corrupt(place, error);
  }
  checkLength(place, content.length, promised);
  return content;
}
