/** What an image file says of itself before it is decoded. */
export interface ImageHeader {
  readonly format: 'png' | 'jpeg';
  readonly width: number;
  readonly height: number;
  readonly grey: boolean;
  /** PNG only: stored in Adam7's seven passes. */
  readonly interlaced: boolean;
  /** PNG only: bytes of a pixel, rounded up. */
  readonly pixelBytes: number;
}

const PNG_MAGIC = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** Reads the header by content, whatever the file's name; undefined when it is neither PNG nor JPEG, or cut short. */
export function readHeader(bytes: Buffer): ImageHeader | undefined {
  if (bytes.subarray(0, 8).equals(PNG_MAGIC)) return pngHeader(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpegHeader(bytes);
  return undefined;
}

function pngHeader(bytes: Buffer): ImageHeader | undefined {
  if (bytes.length < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  const colorType = bytes[25] ?? 0;
  const channels = [1, 0, 3, 1, 2, 0, 4][colorType] ?? 0;
  return {
    format: 'png',
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
    grey: colorType === 0 || colorType === 4,
    interlaced: bytes[28] === 1,
    pixelBytes: Math.ceil((channels * (bytes[24] ?? 8)) / 8),
  };
}

/** Walks the segments to the frame header (SOF0 to SOF15 but for the three tables that share the range). */
function jpegHeader(bytes: Buffer): ImageHeader | undefined {
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      return {
        format: 'jpeg',
        height: bytes.readUInt16BE(at + 5),
        width: bytes.readUInt16BE(at + 7),
        grey: bytes[at + 9] === 1,
        interlaced: false,
        pixelBytes: 0,
      };
    }
    const standsAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
    at += standsAlone ? 2 : 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}
