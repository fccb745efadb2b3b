import { bmpHeader, gifHeader, jpegHeader, pngHeader, webpHeader } from './headers.ts';
import type { ImageHeader } from './image.ts';
import { tiffHeader } from './tiff.ts';

/**
 * Reads the header of an image by content, whatever the file's name; undefined when it is of no format that is read, or cut short.
 * The formats' signatures and fields are those of their specifications.
 */
export function readHeader(bytes: Buffer): ImageHeader | undefined {
  const start = bytes.toString('latin1', 0, 16);
  try {
    if (start.startsWith('\x89PNG\r\n\x1a\n')) return pngHeader(bytes);
    if (start.startsWith('\xff\xd8')) return jpegHeader(bytes);
    if (start.startsWith('GIF87a') || start.startsWith('GIF89a')) return gifHeader(bytes);
    if (start.startsWith('RIFF') && start.startsWith('WEBP', 8)) return webpHeader(bytes);
    if (start.startsWith('BM')) return bmpHeader(bytes);
    if (start.startsWith('II*\0') || start.startsWith('MM\0*')) return tiffHeader(bytes);
  } catch (error) {
    // A field beyond the end of the file.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  return undefined;
}
