import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import type { ImageHeader, Pixels } from './image.ts';

/** Channels of the colour types 0, 2, 3, 4 and 6. */
const CHANNELS = [1, 0, 3, 1, 2, 0, 4];

/** The pixels of a PNG: bytes, or 16-bit values where the file has them. */
export function decodePng(bytes: Buffer, header: ImageHeader): Pixels {
  if (bytes[28] === 1) checkInterlaced(bytes, header);
  const wide = header.depth === 16;
  // Rescaling would cut 16 bits to 8.
  const data: unknown = PNG.sync.read(bytes, { skipRescale: wide }).data;
  return { data: data as Uint8Array | Uint16Array, step: 4 };
}

/**
 * The decoder inflates interlaced images without a bound of its own. This inflates their data once beforehand, with what
 * the header allows as the bound: each of the seven passes has at most a filter byte and a rounded-up byte per row.
 */
function checkInterlaced(bytes: Buffer, header: ImageHeader): void {
  const data: Buffer[] = [];
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const pixelBytes = Math.ceil(((CHANNELS[bytes[25] ?? 0] ?? 0) * header.depth) / 8);
  const most = header.height * (header.width * pixelBytes + 7 * 2);
  inflateSync(Buffer.concat(data), { maxOutputLength: most });
}
