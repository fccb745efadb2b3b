import jpeg from 'jpeg-js';
import { inputError } from '../../../contract/errors.ts';
import { MAX_IMAGE_PIXELS } from '../limits.ts';
import { readHeader } from './header.ts';
import { type Image, type ImageHeader, isTransparent, type Pixels, planesOf } from './image.ts';
import { decodeMagick } from './magick.ts';
import { decodePng } from './png.ts';
import { decodeTiff } from './tiff.ts';

/** The header of an image of acceptable size, or an inputError naming `file`. */
export function checkedHeader(bytes: Buffer, file: string): ImageHeader {
  const header = readHeader(bytes);
  if (header === undefined) {
    throw inputError(
      'data/format',
      'This is no image of a kind that is read (PNG, JPEG, WebP, GIF, BMP, TIFF), or it is cut short.',
      { file, field: 'byte 0', remedy: 'Replace or remove the file.' },
    );
  }
  const pixels = header.width * header.height;
  if (!(pixels > 0 && pixels <= MAX_IMAGE_PIXELS)) {
    throw inputError(
      'data/too-large',
      `The image claims ${header.width} x ${header.height} pixels; 1 to ${MAX_IMAGE_PIXELS} are read.`,
      { file, field: 'header', remedy: 'Scale it down, or replace it if it is damaged.' },
    );
  }
  return header;
}

/**
 * Decodes an image to one grey plane (ITU-R BT.601 luma) or to red, green and blue, of bytes or, where the file has more than 8
 * bits, of its own values. Of several pictures in a file the first is taken; transparency is dropped.
 */
export async function decodeImage(bytes: Buffer, grey: boolean, file: string): Promise<Image> {
  const header = checkedHeader(bytes, file);
  try {
    const { pixels, width, height } = await decode(bytes, header);
    return { header, width, height, planes: planesOf(pixels, grey), transparent: isTransparent(pixels) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw inputError('data/corrupt', `The image cannot be decoded (${message}).`, {
      file,
      remedy: 'Replace or remove the file, or save it as PNG.',
    });
  }
}

async function decode(
  bytes: Buffer,
  header: ImageHeader,
): Promise<{ pixels: Pixels; width: number; height: number }> {
  const { format, width, height } = header;
  switch (format) {
    case 'jpeg': {
      const { data, ...size } = decodeJpeg(bytes);
      return { pixels: { data, step: data.length / (size.width * size.height) }, ...size };
    }
    case 'png':
      return { pixels: decodePng(bytes, header), width, height };
    case 'tiff':
      return { pixels: sized(await decodeTiff(bytes, header), header), width, height };
    case 'webp':
    case 'gif':
    case 'bmp':
      return { pixels: sized(await decodeMagick(bytes, format), header), width, height };
  }
}

/** Pixels that fill what the header says. */
function sized(pixels: Pixels, { width, height }: ImageHeader): Pixels {
  if (pixels.data.length === width * height * pixels.step) return pixels;
  throw new Error('its size is not what its header says');
}

function decodeJpeg(bytes: Buffer) {
  const { width, height, data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: MAX_IMAGE_PIXELS / 1e6,
    maxMemoryUsageInMB: 2048,
  });
  return { width, height, data };
}
