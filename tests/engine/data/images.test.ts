import { zipSync } from 'fflate';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../main/engine/data/images/decode.ts';
import { resizePlane } from '../../../main/engine/data/images/resize.ts';
import { expectProblem, load, temporaryFolder } from './support.ts';

const { folder, write } = temporaryFolder();
const read = (path: string, more = {}) => load(folder, { kind: 'images', path, ...more });

type Color = readonly [number, number, number];

function png(width: number, height: number, [r, g, b]: Color, grey = false): Buffer {
  const image = new PNG({ width, height });
  for (let i = 0; i < width * height; i++) image.data.set([r, g, b, 255], 4 * i);
  return PNG.sync.write(image, grey ? { colorType: 0 } : { colorType: 2 });
}

function jpg(width: number, height: number, [r, g, b]: Color): Buffer {
  const data = Buffer.alloc(width * height * 4);
  for (let i = 0; i < width * height; i++) data.set([r, g, b, 255], 4 * i);
  return Buffer.from(jpeg.encode({ width, height, data }, 90).data);
}

/** Two classes of ten images each; image i of a class has the colour (i, i + 100, 200). */
const twoClasses = (prefix = '') =>
  Object.fromEntries(
    ['cat', 'dog'].flatMap((name, c) =>
      Array.from({ length: 10 }, (_, i) => [
        `${prefix}${name}/${i}.png`,
        png(6, 4, [10 * c + i, i + 100, 200]),
      ]),
    ),
  );

function writeAll(root: string, files: Record<string, Uint8Array>): void {
  for (const [name, bytes] of Object.entries(files)) write(`${root}/${name}`, bytes);
}

describe('image folder reader', () => {
  it('reads one folder per class, whole and in order of the planes', async () => {
    writeAll('plain', twoClasses());
    const dataset = await read('plain');
    expect(dataset.classes).toEqual(['cat', 'dog']);
    expect(dataset.sampleShape).toEqual([3, 4, 6]);
    expect([dataset.train.size, dataset.validation.size, dataset.test.size]).toEqual([14, 2, 4]);
    const seen = [dataset.train, dataset.validation, dataset.test].flatMap(({ values, labels }) =>
      Array.from(labels, (label, n) => {
        const [red = 0, green = 0, blue = 0] = [0, 24, 48].map((at) => values[n * 72 + at]);
        expect([label, green, blue]).toEqual([Math.floor(red / 10), (red % 10) + 100, 200]);
        return red;
      }),
    );
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('reads the same from a .zip, also with one folder around it and clutter inside', async () => {
    writeAll('same', twoClasses());
    const clutter = { '__MACOSX/cat/0.png': Buffer.from('x'), 'all/.hidden.png': Buffer.from('x') };
    write('same.zip', zipSync({ ...twoClasses('all/'), ...clutter }));
    expect((await read('same.zip')).fingerprint).toBe((await read('same')).fingerprint);
  });

  it("takes the source's own train, val and test folders", async () => {
    writeAll('parts', {
      ...twoClasses('train/'),
      ...twoClasses('val/'),
      'test/dog/x.png': png(6, 4, [1, 2, 3]),
    });
    const dataset = await read('parts');
    expect([dataset.train.size, dataset.validation.size, dataset.test.size]).toEqual([20, 20, 1]);
    expect([...dataset.test.labels]).toEqual([1]);
  });

  it('mixes PNG and JPEG, goes by content and not by name, and resizes', async () => {
    writeAll('mixed', {
      'a/1.png': png(8, 8, [50, 60, 70]),
      'a/2.png': jpg(16, 16, [50, 60, 70]),
      'b/3.JPG': jpg(20, 10, [150, 160, 170]),
      'b/4.jpeg': jpg(9, 31, [150, 160, 170]),
    });
    const dataset = await read('mixed', { height: 5, width: 7, test: 0.5, validation: 0 });
    expect(dataset.sampleShape).toEqual([3, 5, 7]);
    for (const { values, labels } of [dataset.train, dataset.test]) {
      labels.forEach((label, n) => {
        for (let c = 0; c < 3; c++) {
          const value = values[n * 105 + c * 35 + 17] ?? 0;
          expect(Math.abs(value - (50 + 100 * label + 10 * c))).toBeLessThanOrEqual(2);
        }
      });
    }
  });

  it('has one channel for grey images and by request, by the luma formula', async () => {
    writeAll('grey', { 'a/1.png': png(2, 2, [9, 9, 9], true), 'b/1.png': png(2, 2, [0, 100, 200]) });
    writeAll('grey', { 'a/2.png': png(2, 2, [9, 9, 9], true), 'b/2.png': png(2, 2, [0, 100, 200]) });
    const dataset = await read('grey', { test: 0.5, validation: 0 });
    expect(dataset.sampleShape).toEqual([1, 2, 2]);
    expect(dataset.train.values[4]).toBe(Math.round(0.587 * 100 + 0.114 * 200));
    expect((await read('grey', { color: 'rgb', test: 0.5 })).sampleShape).toEqual([3, 2, 2]);
  });

  it.each<[string, Record<string, Uint8Array>, object]>([
    ['a truncated PNG', { 'cat/5.png': png(60, 40, [1, 2, 3]).subarray(0, 60) }, { code: 'data/corrupt' }],
    ['a truncated JPEG', { 'cat/5.png': jpg(60, 40, [1, 2, 3]).subarray(0, 640) }, { code: 'data/corrupt' }],
    ['text called .png', { 'cat/5.png': Buffer.from('not an image') }, { code: 'data/format' }],
    ['an empty file', { 'cat/5.png': Buffer.alloc(0) }, { code: 'data/empty' }],
  ])('refuses %s and names it', async (what, files, problem) => {
    writeAll(what, { ...twoClasses(), ...files });
    await expectProblem(read(what), { file: `${what}/cat/5.png`, ...problem });
  });

  it('refuses an image that claims a huge size before decoding it', async () => {
    const huge = png(6, 4, [1, 2, 3]);
    huge.writeUInt32BE(100_000, 16);
    huge.writeUInt32BE(100_000, 20);
    writeAll('huge', { ...twoClasses(), 'cat/0.png': huge });
    await expectProblem(read('huge'), { code: 'data/too-large', file: 'huge/cat/0.png' });
  });

  it('refuses folders without classes or images', async () => {
    writeAll('loose', { ...twoClasses(), 'lost.png': png(6, 4, [1, 2, 3]) });
    await expectProblem(read('loose'), { code: 'data/labels', file: 'loose/lost.png' });
    writeAll('single', { 'cat/0.png': png(6, 4, [1, 2, 3]) });
    await expectProblem(read('single'), { code: 'data/labels', file: 'single' });
    write('nothing/readme.txt', 'no images');
    await expectProblem(read('nothing'), { code: 'data/empty', file: 'nothing' });
    writeAll('extra', { ...twoClasses('train/'), 'test/cow/1.png': png(6, 4, [1, 2, 3]) });
    await expectProblem(read('extra'), { code: 'data/labels', file: 'extra/test/cow/1.png' });
  });
});

describe('decodeImage', () => {
  it('refuses an interlaced PNG whose data inflate beyond its size', async () => {
    const { deflateSync, crc32 } = await import('node:zlib');
    const chunk = (type: string, data: Buffer) => {
      const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
      const frame = Buffer.alloc(8);
      frame.writeUInt32BE(data.length, 0);
      frame.writeUInt32BE(crc32(body), 4);
      return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
    };
    const header = Buffer.from([0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0, 0, 1]);
    const magic = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
    const interlaced = (raw: Buffer) =>
      Buffer.concat([
        magic,
        chunk('IHDR', header),
        chunk('IDAT', deflateSync(raw)),
        chunk('IEND', Buffer.alloc(0)),
      ]);
    // 8 x 8 in seven passes: 15 rows, so 64 pixels and 15 filter bytes.
    expect((await decodeImage(interlaced(Buffer.alloc(79)), true, 'x')).planes[0]).toEqual(
      new Uint8Array(64),
    );
    await expect(decodeImage(interlaced(Buffer.alloc(2 ** 26)), true, 'x')).rejects.toThrow(
      /cannot be decoded/,
    );
  });
});

describe('resizePlane', () => {
  it('keeps a constant plane and the mean of one that shrinks by a whole factor', () => {
    expect(new Set(resizePlane(new Uint8Array(35).fill(77), 7, 5, 3, 11))).toEqual(new Set([77]));
    const plane = Uint8Array.from({ length: 64 * 64 }, (_, i) => ((i % 64) + Math.floor(i / 64)) * 2);
    const small = resizePlane(plane, 64, 64, 8, 8);
    expect(small.reduce((a, b) => a + b) / 64).toBeCloseTo(plane.reduce((a, b) => a + b) / 4096, 0);
  });

  it('keeps a straight ramp straight when it grows', () => {
    const ramp = Uint8Array.from({ length: 8 }, (_, i) => 16 * i);
    const grown = resizePlane(ramp, 8, 1, 32, 1);
    for (let i = 2; i < 29; i++)
      expect(Math.abs((grown[i] ?? 0) - (4 * (i + 0.5) - 8))).toBeLessThanOrEqual(0.5);
  });

  it('commutes with mirroring', () => {
    const plane = Uint8Array.from({ length: 13 * 9 }, (_, i) => (i * 41) % 256);
    const mirror = (values: Uint8Array, width: number) =>
      values.map((_, i) => values[i - (i % width) + width - 1 - (i % width)] ?? 0);
    expect(mirror(resizePlane(plane, 13, 9, 5, 4), 5)).toEqual(resizePlane(mirror(plane, 13), 13, 9, 5, 4));
  });
});
