import type { ImageHeader } from './image.ts';

/** Headers of the formats whose fields stand at fixed places or behind a short walk. All throw a RangeError beyond the end. */

export function pngHeader(bytes: Buffer): ImageHeader | undefined {
  if (bytes.length < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  const colorType = bytes.readUInt8(25);
  return {
    format: 'png',
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
    grey: colorType === 0 || colorType === 4,
    depth: bytes.readUInt8(24),
    several: false,
  };
}

/** Walks the segments to the frame header (SOF0 to SOF15 but for the three tables that share the range). */
export function jpegHeader(bytes: Buffer): ImageHeader | undefined {
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
        depth: bytes.readUInt8(at + 4),
        several: false,
      };
    }
    const standsAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
    at += standsAlone ? 2 : 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

export function gifHeader(bytes: Buffer): ImageHeader {
  const flags = bytes.readUInt8(10);
  const colours = flags & 0x80 ? 2 ** ((flags & 7) + 1) : 0;
  return {
    format: 'gif',
    width: bytes.readUInt16LE(6),
    height: bytes.readUInt16LE(8),
    grey: colours > 0 && isGrey(bytes, 13, colours, 3),
    depth: 8,
    several: gifPictures(bytes, 13 + 3 * colours) > 1,
  };
}

/** Walks the blocks of a GIF; stops at the second picture. */
function gifPictures(bytes: Buffer, start: number): number {
  let pictures = 0;
  let at = start;
  while (at < bytes.length && pictures < 2) {
    const kind = bytes[at];
    if (kind === 0x2c) {
      pictures++;
      const flags = bytes[at + 9] ?? 0;
      at += 11 + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
    } else if (kind === 0x21) at += 2;
    else break;
    // Sub-blocks, each with its length before it, to the one of length 0.
    while (at < bytes.length && bytes[at] !== 0) at += 1 + (bytes[at] ?? 0);
    at++;
  }
  return pictures;
}

export function webpHeader(bytes: Buffer): ImageHeader | undefined {
  const about = { format: 'webp', grey: false, depth: 8, several: false } as const;
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { ...about, width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21);
      return { ...about, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X': {
      const several = (bytes.readUInt8(20) & 2) !== 0;
      return { ...about, several, width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    }
    default:
      return undefined;
  }
}

export function bmpHeader(bytes: Buffer): ImageHeader {
  const size = bytes.readUInt32LE(14);
  // The header of OS/2 1.x has 16-bit sizes, and a palette without a fourth byte.
  const old = size === 12;
  const width = old ? bytes.readUInt16LE(18) : bytes.readInt32LE(18);
  const height = old ? bytes.readUInt16LE(20) : Math.abs(bytes.readInt32LE(22));
  const bits = bytes.readUInt16LE(old ? 24 : 28);
  const colours = bits > 8 ? 0 : (old ? 0 : bytes.readUInt32LE(46)) || 2 ** bits;
  return {
    format: 'bmp',
    width,
    height,
    grey: colours > 0 && colours <= 256 && isGrey(bytes, 14 + size, colours, old ? 3 : 4),
    depth: 8,
    several: false,
  };
}

/** Whether all colours of a palette are grey. */
function isGrey(bytes: Buffer, start: number, colours: number, step: number): boolean {
  for (let i = 0; i < colours; i++) {
    const at = start + i * step;
    if (bytes.readUInt8(at) !== bytes.readUInt8(at + 1) || bytes[at] !== bytes.readUInt8(at + 2))
      return false;
  }
  return true;
}
