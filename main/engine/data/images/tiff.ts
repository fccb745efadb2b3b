import { inflateSync } from 'node:zlib';
import { decode } from 'tiff';
import { MAX_IMAGE_PIXELS } from '../limits.ts';
import type { ImageHeader, Pixels } from './image.ts';
import { decodeMagick } from './magick.ts';

type Ifd = ReturnType<typeof decode>[number];

const LZW = 5;
const DEFLATE = [8, 32_946];
const PACKED = [1, LZW, ...DEFLATE];

/** LZW with codes of 12 bits cannot grow by more than this. */
const MAX_LZW_RATIO = 2731;

/** What packed data may grow to before its real size is known. */
const MAX_GROWN = 2 ** 32;

/** The directory of the first picture; undefined where the file is damaged. */
function firstIfd(bytes: Buffer): Ifd | undefined {
  try {
    return decode(bytes, { pages: [0], ignoreImageData: true })[0];
  } catch {
    return undefined;
  }
}

/** Bits of one value: 32 for numbers with fractions. */
const depthOf = ({ bitsPerSample, sampleFormat }: Ifd) => (sampleFormat === 3 ? 32 : bitsPerSample);

export function tiffHeader(bytes: Buffer): ImageHeader | undefined {
  const ifd = firstIfd(bytes);
  if (ifd === undefined) return undefined;
  const little = bytes[0] === 0x49;
  const start = little ? bytes.readUInt32LE(4) : bytes.readUInt32BE(4);
  const entries = little ? bytes.readUInt16LE(start) : bytes.readUInt16BE(start);
  return {
    format: 'tiff',
    width: ifd.width,
    height: ifd.height,
    grey: ifd.type === 0 || ifd.type === 1,
    depth: depthOf(ifd),
    // A directory ends with the place of the next one.
    several: bytes.readUInt32LE(start + 2 + 12 * entries) !== 0,
  };
}

/** The pixels of the first picture: bytes, or 16-bit values or numbers with fractions where the file has them. */
export async function decodeTiff(bytes: Buffer, { depth }: ImageHeader): Promise<Pixels> {
  if (depth <= 8) return decodeMagick(bytes, 'tiff');
  const ifd = firstIfd(bytes);
  if (ifd === undefined) throw new Error('its directory is damaged');
  checkWide(bytes, ifd);
  const [page] = decode(bytes, { pages: [0] });
  const data: unknown = page?.data;
  const step = ifd.samplesPerPixel;
  const whole = data instanceof Uint16Array || data instanceof Float32Array;
  if (!whole || data.length !== ifd.width * ifd.height * step)
    throw new Error('its pixels are of an unusual kind');
  return { data, step };
}

/** Refuses what the decoder would read wrongly or without bound. */
function checkWide(bytes: Buffer, ifd: Ifd): void {
  const { bitsPerSample, sampleFormat, samplesPerPixel: samples, compression } = ifd;
  const known = (bitsPerSample === 16 && sampleFormat === 1) || (bitsPerSample === 32 && sampleFormat === 3);
  if (!known)
    throw new Error(
      `values of ${bitsPerSample} bits are read as unsigned 16-bit or 32-bit floating numbers only`,
    );
  if (samples > 4 || (samples > 1 && ifd.planarConfiguration === 2))
    throw new Error('its channels lie apart, or are more than four');
  if (!PACKED.includes(compression))
    throw new Error(`its compression (${compression}) is not read with more than 8 bits`);
  const offsets = ifd.tiled ? ifd.tileOffsets : ifd.stripOffsets;
  const lengths = ifd.fields.get(ifd.tiled ? 325 : 279) as number | readonly number[];
  const sizes = typeof lengths === 'number' ? [lengths] : [...lengths];
  const packed = sizes.reduce((sum, size) => sum + size, 0);
  if (compression === LZW && packed * MAX_LZW_RATIO > MAX_GROWN)
    throw new Error('its LZW data are too large');
  if (!DEFLATE.includes(compression)) return;
  const tileArea = (ifd.tileWidth ?? 0) * (ifd.tileHeight ?? 0);
  const rows = Math.min(ifd.height, ifd.rowsPerStrip);
  const area = ifd.tiled ? tileArea : rows * ifd.width;
  if (area > MAX_IMAGE_PIXELS) throw new Error('its tiles are too large');
  for (const [i, offset] of [...offsets].entries()) {
    inflateSync(bytes.subarray(offset, offset + (sizes[i] ?? 0)), {
      maxOutputLength: area * samples * (bitsPerSample / 8),
    });
  }
}
