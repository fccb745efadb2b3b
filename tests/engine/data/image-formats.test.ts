import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  ImageMagick,
  initializeImageMagick,
  MagickFormat,
  MagickReadSettings,
} from '@imagemagick/magick-wasm';
import { zipSync } from 'fflate';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../../main/engine/data/images/decode.ts';
import { bmp, colour, HEIGHT, planes, png, png16, rawPng, tiff, tiffOf, wide, WIDTH } from './image-files.ts';
import { expectProblem, load, temporaryFolder } from './support.ts';

const { folder, write } = temporaryFolder();
const read = (path: string, more = {}) => load(folder, { kind: 'images', path, validation: 0, ...more });

const wides = (n: number, more = 0) =>
  Uint16Array.from({ length: WIDTH * HEIGHT }, (_, i) => wide(n, i) + more);

beforeAll(async () => {
  const wasm = createRequire(import.meta.url).resolve('@imagemagick/magick-wasm/magick.wasm');
  await initializeImageMagick(readFileSync(wasm));
});

/** Picture n written by ImageMagick, without loss. */
function written(n: number, format: MagickFormat): Buffer {
  const settings = new MagickReadSettings({ format: MagickFormat.Png });
  return ImageMagick.read(png(n), settings, (image) => {
    image.settings.setDefine(MagickFormat.WebP, 'lossless', true);
    return image.write(format, (data) => Buffer.from(data));
  });
}

describe('formats of images', () => {
  it.each<[string, () => Buffer]>([
    ['BMP', () => bmp(4)],
    ['GIF', () => written(4, MagickFormat.Gif)],
    ['WebP', () => written(4, MagickFormat.WebP)],
    ['TIFF of 8 bits', () => tiffOf(4)],
  ])('%s decodes to its own pixels', async (_, make) => {
    const image = await decodeImage(make(), false, 'x');
    expect([image.width, image.height, image.header.depth]).toEqual([WIDTH, HEIGHT, 8]);
    expect(image.planes).toEqual(planes(4));
  });

  it.each([
    ['of 16 bits', { bits: 16, samples: 1, photometric: 1 }],
    ['of 16 bits, deflated', { bits: 16, samples: 1, photometric: 1, compression: 8 }],
    ['of 16 bits, big-endian', { bits: 16, samples: 1, photometric: 1, big: true }],
  ])('TIFF %s keeps its values', async (_, options) => {
    const values = Buffer.from(wides(3).buffer);
    const bytes = tiff('big' in options ? values.swap16() : values, options);
    expect((await decodeImage(bytes, true, 'x')).planes[0]).toEqual(wides(3));
  });

  it('TIFF of 32-bit numbers keeps its values', async () => {
    const values = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => i / 7 - 1);
    const bytes = tiff(Buffer.from(values.buffer), { bits: 32, samples: 1, format: 3, photometric: 1 });
    expect((await decodeImage(bytes, true, 'x')).planes[0]).toEqual(values);
  });

  it('PNG of 16 bits keeps its values, grey and colour', async () => {
    expect((await decodeImage(png16(5), true, 'x')).planes[0]).toEqual(wides(5));
    const { planes: found } = await decodeImage(png16(5, 3), false, 'x');
    expect(found).toEqual([wides(5), wides(5, 1000), wides(5, 2000)]);
  });

  it.each([
    [1, [0b10110000], [255, 0, 255, 255]],
    [2, [0b11100100], [255, 170, 85, 0]],
    [4, [0xf0, 0x5a], [255, 0, 85, 170]],
  ])('PNG of %i bits is brought to the whole range of bytes', async (depth, row, expected) => {
    const bytes = rawPng([4, 1], depth, 0, [Uint8Array.from(row)]);
    const image = await decodeImage(bytes, true, 'x');
    expect([image.header.depth, ...(image.planes[0] ?? [])]).toEqual([depth, ...expected]);
  });

  it.each<[string, () => Buffer]>([
    ['webp', () => written(1, MagickFormat.WebP).subarray(0, 35)],
    ['gif', () => written(1, MagickFormat.Gif).subarray(0, 35)],
    ['bmp', () => bmp(1).subarray(0, 35)],
    ['tif', () => tiffOf(1).subarray(0, 35)],
    ['png', () => png(1).subarray(0, 50)],
  ])('a .%s that is cut short names itself', async (ending, make) => {
    await expect(decodeImage(make(), false, `x.${ending}`)).rejects.toMatchObject({
      problem: { kind: 'input', file: `x.${ending}` },
    });
  });

  it('a wide TIFF whose data inflate beyond its size is refused', async () => {
    const bomb = tiff(Buffer.alloc(2 ** 24), { bits: 16, samples: 1, photometric: 1, compression: 8 });
    await expect(decodeImage(bomb, true, 'x')).rejects.toThrow(/cannot be decoded/);
  });
});

describe('folders of images', () => {
  const both = (make: (n: number) => Buffer) =>
    ['a', 'b'].flatMap((name, c) =>
      Array.from({ length: 6 }, (_, i) => [`${name}/${i}.png`, make(6 * c + i)] as const),
    );
  const fill = (root: string, files: readonly (readonly [string, Buffer | string])[]) => {
    for (const [name, bytes] of files) write(`${root}/${name}`, bytes);
  };
  type Read = Awaited<ReturnType<typeof read>>;
  const fact = ({ read: what }: Read, name: string) => what?.facts.find((one) => one.name === name)?.value;
  const problems = ({ read: what }: Read) => (what?.problems ?? []).map(({ text }) => text).join();

  it('of 16 bits keep every value, and say their depth', async () => {
    fill('wide', both(png16));
    const dataset = await read('wide', { normalize: 'none' });
    expect(dataset.train.values).toBeInstanceOf(Float32Array);
    expect(Math.max(...dataset.train.values, ...dataset.test.values)).toBe(wide(11, 14));
    expect(new Set([...dataset.train.values, ...dataset.test.values]).size).toBe(15 * 12);
    expect(fact(dataset, 'Image depth')).toBe(
      `12 of 16 bits; values are kept as they are, up to ${wide(11, 14)}`,
    );
  });

  it('of 8 and 16 bits have one range, and say so', async () => {
    fill('mixed', [...both(png16), ['b/0.png', png(0)]]);
    const dataset = await read('mixed', { color: 'grey', normalize: 'none', test: 0.5 });
    expect(dataset.test.values).toBeInstanceOf(Float32Array);
    expect(problems(dataset)).toContain('multiplied by 257');
    const lumas = Array.from({ length: 15 }, (_, i) => {
      const [r, g, b] = colour(0, i);
      return 257 * Math.round(0.299 * r + 0.587 * g + 0.114 * b);
    });
    const samples = [dataset.train, dataset.test].flatMap(({ values, size }) =>
      Array.from({ length: size }, (_, n) => values.subarray(15 * n, 15 * n + 15).join()),
    );
    expect(samples).toContain(lumas.join());
  });

  it('of all formats are read by content, also from a .zip, and counted', async () => {
    const photo = jpeg.encode({ width: WIDTH, height: HEIGHT, data: Buffer.alloc(60, 99) }, 90).data;
    const files: (readonly [string, Buffer])[] = [
      ...both(png).slice(1),
      ['a/0.png', bmp(0)],
      ['a/anim.gif', written(20, MagickFormat.Gif)],
      ['b/photo.webp', written(21, MagickFormat.WebP)],
      ['b/scan.tif', tiffOf(22)],
      ['b/p.jpg', Buffer.from(photo)],
    ];
    fill('all', files);
    const dataset = await read('all');
    expect(dataset.read?.files.toSorted((a, b) => (a.kind < b.kind ? -1 : 1))).toEqual([
      { kind: 'BMP images', count: 1 },
      { kind: 'GIF images', count: 1 },
      { kind: 'JPEG images', count: 1 },
      { kind: 'PNG images', count: 11 },
      { kind: 'TIFF images', count: 1 },
      { kind: 'WebP images', count: 1 },
    ]);
    write('all.zip', zipSync(Object.fromEntries(files)));
    expect((await read('all.zip')).fingerprint).toBe(dataset.fingerprint);
  });

  it('say what they leave out, in a folder and in a .zip', async () => {
    const more = ['a/notes.txt', 'a/p.heic', 'b/q.heic', 'a/.DS_Store', 'b/Thumbs.db'];
    const clutter = ['@eaDir/a.png/thumb.jpg', 'lost+found/z', '__MACOSX/a/0.png'];
    const rest = [...more, ...clutter].map((name) => [name, Buffer.from('x')] as const);
    fill('left', [...both(png), ...rest]);
    write('left.zip', zipSync(Object.fromEntries([...both(png), ...rest])));
    const dataset = await read('left');
    const zipped = await read('left.zip');
    expect(dataset.classes).toEqual(['a', 'b']);
    expect(zipped.fingerprint).toBe(dataset.fingerprint);
    for (const { read: what } of [dataset, zipped]) {
      expect(new Map(what?.leftOut.map(({ why, count }) => [why, count]))).toEqual(
        new Map([
          ['files and folders of the operating system, or hidden ones', 5],
          ['.heic files, which are not read', 2],
          ['.txt files, which are not read', 1],
        ]),
      );
    }
  });

  it('say when a folder has nothing that is read, colours are lost, and pixels are transparent', async () => {
    const clear = new PNG({ width: WIDTH, height: HEIGHT });
    clear.data.fill(9);
    const files = [
      ...both(png).slice(1),
      ['b/clear.png', PNG.sync.write(clear)],
      ['c/only.heic', 'x'],
    ] as const;
    fill('odd', [
      ['a/0.png', rawPng([WIDTH, HEIGHT], 8, 0, Array<Buffer>(3).fill(Buffer.alloc(5)))],
      ...files,
    ]);
    const dataset = await read('odd');
    expect(problems(dataset)).toContain("The folder 'c' has no image of a kind that is read");
    expect(problems(dataset)).toContain('12 images have colours, which are lost');
    expect(fact(dataset, 'Transparency')).toContain('1 images');
  });

  it('have their classes in the order that the recipe names, or are refused by name', async () => {
    const names = ['0', '1', '10', '2'];
    fill(
      'order',
      names.flatMap((name, n) => [0, 1, 2].map((i) => [`${name}/${i}.png`, png(3 * n + i)] as const)),
    );
    expect((await read('order')).classes).toEqual(['0', '1', '2', '10']);
    const { classes, test } = await read('order', { classes: names, test: 0.4 });
    expect(classes).toEqual(names);
    // The first red value of picture n is 10 n, and three pictures are of each class.
    expect(Array.from(test.labels, (label) => classes[label])).toEqual(
      Array.from(test.labels, (_, i) => names[Math.floor((test.values[i * 45] ?? 0) / 30)]),
    );
    const { message } = await expectProblem(read('order', { classes: ['0', '1', '10', 'two'] }), {
      code: 'data/classes',
    });
    expect(message).toContain("not named: '2'");
    expect(message).toContain("has not: 'two'");
  });
});
