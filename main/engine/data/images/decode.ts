import { inflateSync } from 'node:zlib';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { inputError } from '../../../contract/errors.ts';
import { MAX_IMAGE_PIXELS } from '../limits.ts';
import { type ImageHeader, readHeader } from './header.ts';

/** A decoded image: `channels` planes of height x width bytes. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly planes: readonly Uint8Array[];
}

/** The header of an image of acceptable size, or an inputError naming `file`. */
export function checkedHeader(bytes: Buffer, file: string): ImageHeader {
  const header = readHeader(bytes);
  if (header === undefined) {
    throw inputError('data/format', 'This is no PNG and no JPEG image, or it is cut short.', {
      file,
      field: 'byte 0',
      remedy: 'Replace or remove the file.',
    });
  }
  const pixels = header.width * header.height;
  if (pixels === 0 || pixels > MAX_IMAGE_PIXELS) {
    throw inputError(
      'data/too-large',
      `The image claims ${header.width} x ${header.height} pixels; 1 to ${MAX_IMAGE_PIXELS} are read.`,
      { file, field: 'header', remedy: 'Scale it down, or replace it if it is damaged.' },
    );
  }
  return header;
}

/** Decodes a PNG or JPEG to one grey plane (ITU-R BT.601 luma) or to red, green and blue; transparency is dropped. */
export function decodeImage(bytes: Buffer, grey: boolean, file: string): Image {
  const header = checkedHeader(bytes, file);
  let decoded: { width: number; height: number; data: Uint8Array };
  try {
    decoded = header.format === 'png' ? decodePng(bytes, header) : decodeJpeg(bytes);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw inputError('data/corrupt', `The image cannot be decoded (${message}).`, {
      file,
      remedy: 'Replace or remove the file.',
    });
  }
  const { width, height, data } = decoded;
  const step = data.length / (width * height);
  return { width, height, planes: grey ? [luma(data, step)] : [0, 1, 2].map((c) => plane(data, step, c)) };
}

function decodePng(bytes: Buffer, header: ImageHeader) {
  if (header.interlaced) checkInterlaced(bytes, header);
  return PNG.sync.read(bytes);
}

function decodeJpeg(bytes: Buffer) {
  return jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: MAX_IMAGE_PIXELS / 1e6,
    maxMemoryUsageInMB: 2048,
  });
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
  const most = header.height * (header.width * header.pixelBytes + 7 * 2);
  inflateSync(Buffer.concat(data), { maxOutputLength: most });
}

function plane(data: Uint8Array, step: number, channel: number): Uint8Array {
  const result = new Uint8Array(data.length / step);
  for (let i = 0, at = channel; i < result.length; i++, at += step) result[i] = data[at] ?? 0;
  return result;
}

function luma(data: Uint8Array, step: number): Uint8Array {
  const result = new Uint8Array(data.length / step);
  for (let i = 0, at = 0; i < result.length; i++, at += step) {
    const value = 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
    result[i] = Math.round(value);
  }
  return result;
}
