import { constants, zstdCompressSync } from 'node:zlib';

/** One bit for each element, 1 = stored; the first element is the lowest bit of the first byte. */
export function bitmapOf(data: Float32Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(data.length / 8));
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== 0) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
  }
  return bits;
}

/**
 * How many zeros stand before each stored element, as numbers of seven bits a byte, the lowest first; the highest bit says
 * that more follow.
 */
export function gapsOf(data: Float32Array): Uint8Array {
  const bytes: number[] = [];
  let gap = 0;
  for (const value of data) {
    if (value === 0) {
      gap++;
      continue;
    }
    for (; gap > 127; gap >>>= 7) bytes.push((gap & 127) | 128);
    bytes.push(gap);
    gap = 0;
  }
  return Uint8Array.from(bytes);
}

/** The form that packs better. */
export function smallerMask(data: Float32Array): { mask: 'bitmap' | 'gaps'; bytes: Uint8Array } {
  const [bitmap, gaps] = [bitmapOf(data), gapsOf(data)];
  return pack(gaps).length < pack(bitmap).length
    ? { mask: 'gaps', bytes: gaps }
    : { mask: 'bitmap', bytes: bitmap };
}

/** Up to this many bytes it is worth some seconds to pack them as well as zstd can. */
const THOROUGH_BYTES = 4 * 2 ** 20;

/**
 * Packs with zstd, at the level that makes them smallest. Weights have little to find but how often each byte occurs, which
 * the lowest level finds as well as the highest, a hundred times faster: of large ones the others are not tried.
 */
export function pack(bytes: Uint8Array): Uint8Array {
  const quick = packAt(bytes, 1);
  if (bytes.length > THOROUGH_BYTES) return quick;
  const thorough = packAt(bytes, 19);
  return thorough.length < quick.length ? thorough : quick;
}

function packAt(bytes: Uint8Array, level: number): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } });
}
