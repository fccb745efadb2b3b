import { inputError } from '../../../contract/errors.ts';
import { MAX_PART_BYTES } from '../limits.ts';
import type { Plane } from './image.ts';

/** What a byte is multiplied by among 16-bit values: white stays white. */
const BYTE_TO_16 = 257;

/**
 * The pixels of one part: bytes as long as all images are of bytes, and numbers from the first image of more bits on. 16-bit values
 * stay as they are (0 to 65,535); bytes among them are widened to the same range.
 */
export class PixelStore {
  values: Uint8Array | Float32Array;
  private readonly file: string;

  constructor(length: number, file: string) {
    this.values = new Uint8Array(length);
    this.file = file;
  }

  put(plane: Plane, at: number): void {
    const wide = !(plane instanceof Uint8Array);
    if (wide) this.widen();
    if (wide || this.values instanceof Uint8Array) this.values.set(plane, at);
    else for (let i = 0; i < plane.length; i++) this.values[at + i] = (plane[i] ?? 0) * BYTE_TO_16;
  }

  /** Brings what is bytes so far to 16-bit values. */
  widen(): void {
    if (this.values instanceof Float32Array) return;
    if (this.values.length * Float32Array.BYTES_PER_ELEMENT > MAX_PART_BYTES) {
      throw inputError(
        'data/too-large',
        'Images of 16 bits need four times the memory, and these are too many.',
        {
          file: this.file,
          remedy: 'Set a smaller `data.height` and `data.width`, or a `data.limit`.',
        },
      );
    }
    this.values = Float32Array.from(this.values, (value) => value * BYTE_TO_16);
  }
}
