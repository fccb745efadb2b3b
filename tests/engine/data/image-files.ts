import { deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';

/** Small pictures of known pixels in several formats, put together byte by byte. */

export const WIDTH = 5;
export const HEIGHT = 3;
const PIXELS = WIDTH * HEIGHT;

/** Red, green and blue of pixel i of picture n. */
export const colour = (n: number, i: number) => [10 * n + i, 200 - i, (i * 37) % 256] as const;

/** The planes that picture n must decode to. */
export const planes = (n: number) =>
  [0, 1, 2].map((c) => Uint8Array.from({ length: PIXELS }, (_, i) => colour(n, i)[c] ?? 0));

/** The 16-bit value of pixel i of picture n. */
export const wide = (n: number, i: number) => i * 73 + n;

export function png(n: number): Buffer {
  const image = new PNG({ width: WIDTH, height: HEIGHT });
  for (let i = 0; i < PIXELS; i++) image.data.set([...colour(n, i), 255], 4 * i);
  return PNG.sync.write(image, { colorType: 2 });
}

/** A PNG of rows as they are packed. */
export function rawPng(
  [width, height]: readonly [number, number],
  depth: number,
  colorType: number,
  rows: readonly Uint8Array[],
): Buffer {
  const chunk = (type: string, data: Uint8Array) => {
    const out = Buffer.alloc(12 + data.length);
    out.writeUInt32BE(data.length);
    out.write(type, 4, 'latin1');
    out.set(data, 8);
    let crc = ~0;
    for (const byte of out.subarray(4, 8 + data.length)) {
      crc ^= byte;
      for (let k = 0; k < 8; k++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
    out.writeUInt32BE(~crc >>> 0, 8 + data.length);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([depth, colorType], 8);
  const data = deflateSync(Buffer.concat(rows.flatMap((row) => [Buffer.of(0), row])));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A PNG of 16 bits, grey or of three channels that differ by 1000. */
export function png16(n: number, channels: 1 | 3 = 1): Buffer {
  const rows = Array.from({ length: HEIGHT }, (_, y) => {
    const row = Buffer.alloc(WIDTH * 2 * channels);
    for (let x = 0; x < WIDTH * channels; x++)
      row.writeUInt16BE(wide(n, y * WIDTH + Math.floor(x / channels)) + 1000 * (x % channels), 2 * x);
    return row;
  });
  return rawPng([WIDTH, HEIGHT], 16, channels === 1 ? 0 : 2, rows);
}

export interface TiffOptions {
  readonly bits: number;
  readonly samples: number;
  readonly photometric: number;
  /** 1: unsigned whole numbers; 3: floating. */
  readonly format?: number;
  readonly compression?: number;
  readonly big?: boolean;
}

/** A TIFF of one strip. */
export function tiff(
  values: Buffer,
  { bits, samples, photometric, format = 1, compression = 1, big = false }: TiffOptions,
): Buffer {
  const packed = compression === 1 ? values : deflateSync(values);
  const entries: [number, number, number, number][] = [
    [256, 3, 1, WIDTH],
    [257, 3, 1, HEIGHT],
    [258, 3, samples, samples === 1 ? bits : 8],
    [259, 3, 1, compression],
    [262, 3, 1, photometric],
    [273, 4, 1, 16],
    [277, 3, 1, samples],
    [278, 3, 1, HEIGHT],
    [279, 4, 1, packed.length],
    [339, 3, 1, format],
  ];
  const out = Buffer.alloc(16 + packed.length + 2 + 12 * entries.length + 4);
  const u16 = (value: number, at: number) =>
    big ? out.writeUInt16BE(value, at) : out.writeUInt16LE(value, at);
  const u32 = (value: number, at: number) =>
    big ? out.writeUInt32BE(value, at) : out.writeUInt32LE(value, at);
  out.write(big ? 'MM' : 'II');
  u16(42, 2);
  u32(16 + packed.length, 4);
  // The depths of three channels, where there are three.
  for (let c = 0; c < 3; c++) u16(bits, 8 + 2 * c);
  out.set(packed, 16);
  let at = 16 + packed.length;
  u16(entries.length, at);
  at += 2;
  for (const [tag, type, count, value] of entries) {
    u16(tag, at);
    u16(type, at + 2);
    u32(count, at + 4);
    if (type === 3 && count === 1) u16(value, at + 8);
    else u32(value, at + 8);
    at += 12;
  }
  return out;
}

/** A TIFF of 8 bits with the pixels of picture n. */
export function tiffOf(n: number): Buffer {
  const values = Array.from({ length: PIXELS }, (_, i) => [...colour(n, i)]).flat();
  return tiff(Buffer.from(values), { bits: 8, samples: 3, photometric: 2 });
}

/** A bottom-up BMP of 24 bits. */
export function bmp(n: number): Buffer {
  const row = Math.ceil((WIDTH * 3) / 4) * 4;
  const out = Buffer.alloc(54 + row * HEIGHT);
  out.write('BM');
  out.writeUInt32LE(out.length, 2);
  out.writeUInt32LE(54, 10);
  out.writeUInt32LE(40, 14);
  out.writeInt32LE(WIDTH, 18);
  out.writeInt32LE(HEIGHT, 22);
  out.writeUInt16LE(1, 26);
  out.writeUInt16LE(24, 28);
  for (let i = 0; i < PIXELS; i++) {
    const at = 54 + (HEIGHT - 1 - Math.floor(i / WIDTH)) * row + 3 * (i % WIDTH);
    out.set(colour(n, i).toReversed(), at);
  }
  return out;
}
