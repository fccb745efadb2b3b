import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { MAX_IMAGE_PIXELS } from '../limits.ts';
import type { Pixels } from './image.ts';

let opened: ReturnType<typeof load> | undefined;

/** ImageMagick as WebAssembly, bounded in what it may take. */
async function load() {
  const magick = await import('@imagemagick/magick-wasm');
  const file = createRequire(import.meta.url).resolve('@imagemagick/magick-wasm/magick.wasm');
  await magick.initializeImageMagick(await readFile(file));
  const { ResourceLimits } = magick;
  ResourceLimits.area = BigInt(MAX_IMAGE_PIXELS);
  ResourceLimits.memory = BigInt(2 ** 30);
  ResourceLimits.maxMemoryRequest = BigInt(2 ** 30);
  ResourceLimits.disk = 0n;
  return magick;
}

/** The first picture of a file of 8 bits or fewer, as red, green, blue and opacity. */
export async function decodeMagick(bytes: Buffer, format: 'webp' | 'gif' | 'bmp' | 'tiff'): Promise<Pixels> {
  // Loaded when the first image needs it: that takes 0.3 s and 60 MB.
  opened ??= load();
  const { ImageMagick, MagickFormat, MagickReadSettings } = await opened;
  const names = {
    webp: MagickFormat.WebP,
    gif: MagickFormat.Gif,
    bmp: MagickFormat.Bmp,
    tiff: MagickFormat.Tiff,
  };
  // The format is given: content is never taken for one of the many others.
  const settings = new MagickReadSettings({ format: names[format], frameIndex: 0, frameCount: 1 });
  return ImageMagick.read(bytes, settings, (image) =>
    image.getPixels((pixels) => {
      const data = pixels.toByteArray(0, 0, image.width, image.height, 'RGBA');
      if (data === null) throw new Error('it has no pixels');
      return { data: new Uint8Array(data), step: 4 };
    }),
  );
}
