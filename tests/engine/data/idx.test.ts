import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { expectProblem, idx, load, numberedImages, samplesOf, temporaryFolder } from './support.ts';

const { folder, write } = temporaryFolder();
const train = numberedImages(100, 3, 5);
const test = numberedImages(20, 3, 5, 100);

/** A folder with the four files under MNIST's names; `change` replaces some, null leaves one out. */
function mnist(name: string, suffix = '', change: Record<string, Uint8Array | null> = {}): string {
  const pack = (bytes: Uint8Array) => (suffix === '.gz' ? gzipSync(bytes) : bytes);
  const files: Record<string, Uint8Array | null> = {
    'train-images-idx3-ubyte': pack(idx([100, 3, 3], train.images)),
    'train-labels-idx1-ubyte': pack(idx([100], train.labels)),
    't10k-images-idx3-ubyte': pack(idx([20, 3, 3], test.images)),
    't10k-labels-idx1-ubyte': pack(idx([20], test.labels)),
    ...change,
  };
  for (const [file, bytes] of Object.entries(files)) {
    if (bytes !== null) write(`${name}/${file}${suffix}`, bytes);
  }
  return name;
}

const read = (path: string, more = {}) => load(folder, { kind: 'idx', path, ...more });

describe('IDX reader', () => {
  it('reads plain and gzipped files alike', async () => {
    const plain = await read(mnist('plain'));
    const gzipped = await read(mnist('gzipped', '.gz'));
    expect(gzipped.fingerprint).toBe(plain.fingerprint);
    expect(plain.sampleShape).toEqual([1, 3, 3]);
    expect([plain.train.size, plain.validation.size, plain.test.size]).toEqual([90, 10, 20]);
    expect(plain.classes).toEqual(['0', '1', '2', '3', '4']);
    expect([...plain.test.values]).toEqual([...test.images]);
    expect([...plain.test.labels]).toEqual([...test.labels]);
  });

  it('divides training and validation without overlap, labels with their images', async () => {
    const dataset = await read(mnist('splits'));
    const all = [...samplesOf(dataset.train), ...samplesOf(dataset.validation)];
    expect(new Set(all).size).toBe(100);
    for (const split of [dataset.train, dataset.validation]) {
      split.labels.forEach((label, i) => expect(label).toBe((split.values[i * 9] ?? -1) % 5));
    }
  });

  it('takes normalisation from the training part alone', async () => {
    const { train: part, normalization } = await read(mnist('normal'));
    const values = [...part.values];
    const mean = values.reduce((a, b) => a + b) / values.length;
    expect(normalization.mean[0]).toBeCloseTo(mean, 9);
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(normalization.std[0]).toBeCloseTo(Math.sqrt(variance), 9);
  });

  it('holds out a test part where there is none, and takes named files and classes', async () => {
    write('own/a', idx([100, 3, 3], train.images));
    write('own/b', idx([100], train.labels));
    const dataset = await read('own', {
      files: { trainImages: 'a', trainLabels: 'b' },
      classes: ['v', 'w', 'x', 'y', 'z'],
    });
    expect([dataset.train.size, dataset.validation.size, dataset.test.size]).toEqual([72, 8, 20]);
    expect(dataset.classes).toEqual(['v', 'w', 'x', 'y', 'z']);
  });

  it('takes a validation part from files of its own, and holds nothing out then', async () => {
    const path = mnist('own-validation');
    const validation = numberedImages(30, 3, 5, 200);
    write(`${path}/v`, idx([30, 3, 3], validation.images));
    write(`${path}/w`, idx([30], validation.labels));
    const files = {
      trainImages: 'train-images-idx3-ubyte',
      trainLabels: 'train-labels-idx1-ubyte',
      validationImages: 'v',
      validationLabels: 'w',
    };
    const dataset = await read(path, { files, test: 0.2 });
    expect([dataset.train.size, dataset.validation.size, dataset.test.size]).toEqual([80, 30, 20]);
    expect([...dataset.validation.values]).toEqual([...validation.images]);
    expect([...dataset.validation.labels]).toEqual([...validation.labels]);
    const testImages = 't10k-images-idx3-ubyte';
    const testLabels = 't10k-labels-idx1-ubyte';
    const all = await read(path, { files: { ...files, testImages, testLabels } });
    expect([all.train.size, all.validation.size, all.test.size]).toEqual([100, 30, 20]);
    expect([...all.test.labels]).toEqual([...test.labels]);
    const { validationLabels: _labels, ...half } = files;
    await expectProblem(read(path, { files: half }), {
      code: 'data/labels',
      field: 'data.files.validationLabels',
    });
  });

  it('names a file that is missing', async () => {
    const path = mnist('missing', '', { 'train-labels-idx1-ubyte': null });
    await expectProblem(read(path), { code: 'data/not-found', file: 'missing' });
    await expectProblem(read('nowhere'), { code: 'data/not-found', file: 'nowhere' });
  });

  it.each([
    ['a wrong magic number', idx([100], train.labels, [1, 2, 3, 4]), 'data/format', 'byte 0'],
    ['another value type', idx([100], train.labels, [0, 0, 10, 1]), 'data/format', 'byte 2'],
    ['five axes', idx([1, 1, 1, 1, 1], [1]), 'data/format', 'byte 3'],
    ['images instead of labels', idx([100, 3, 3], train.images), 'data/labels', 'byte 4'],
    ['a label too few', idx([100], train.labels.subarray(1)), 'data/truncated', 'byte 107'],
    ['a byte too many', idx([99], train.labels), 'data/too-long', 'byte 107'],
    ['fewer labels than images', idx([99], train.labels.subarray(1)), 'data/count-mismatch', 'byte 4'],
    ['a header cut short', Uint8Array.of(0, 0, 8, 1, 0), 'data/truncated', 'header'],
    ['no samples', idx([0], []), 'data/empty', 'byte 4'],
  ])('refuses a label file with %s', async (what, bytes, code, field) => {
    for (const suffix of ['', '.gz']) {
      const name = `bad ${what}${suffix}`;
      const path = mnist(name, suffix, {
        'train-labels-idx1-ubyte': suffix === '' ? bytes : gzipSync(bytes),
      });
      await expectProblem(read(path), { code, field, file: `${name}/train-labels-idx1-ubyte${suffix}` });
    }
  });

  it('refuses empty, truncated and damaged files', async () => {
    const whole = gzipSync(idx([100], train.labels));
    const flipped = Buffer.from(whole);
    flipped.writeUInt8((flipped[flipped.length - 6] ?? 0) ^ 0xff, flipped.length - 6);
    const file = (name: string) => `${name}/train-labels-idx1-ubyte.gz`;
    const of = (name: string, bytes: Uint8Array) =>
      read(mnist(name, '.gz', { 'train-labels-idx1-ubyte': bytes }));
    await expectProblem(of('empty', new Uint8Array(0)), { code: 'data/empty', file: file('empty') });
    await expectProblem(of('cut', whole.subarray(0, whole.length - 9)), {
      code: 'data/truncated',
      file: file('cut'),
    });
    await expectProblem(of('flipped', flipped), { code: 'data/corrupt', file: file('flipped') });
  });

  it('refuses a label beyond the named classes', async () => {
    await expectProblem(read(mnist('few'), { classes: ['a', 'b'] }), {
      code: 'data/classes',
      field: 'data.classes',
    });
  });

  it('refuses headers that promise more than may be, before making room for it', async () => {
    const huge = idx([0xffffffff, 4096, 4096], []);
    const before = process.memoryUsage().rss;
    for (const suffix of ['', '.gz']) {
      const bytes = suffix === '' ? huge : gzipSync(huge);
      const path = mnist(`huge${suffix}`, suffix, { 'train-images-idx3-ubyte': bytes });
      await expectProblem(read(path), { code: 'data/too-large', field: 'header' });
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  });

  it('does not inflate a bomb beyond what its header promises', async () => {
    // 256 MiB of zeros behind a header that promises 900 bytes of images.
    const bomb = gzipSync(Buffer.concat([idx([100, 3, 3], train.images), Buffer.alloc(2 ** 28)]), {
      level: 9,
    });
    expect(bomb.length).toBeLessThan(300_000);
    const path = mnist('bomb', '.gz', { 'train-images-idx3-ubyte': bomb });
    const before = process.memoryUsage().rss;
    await expectProblem(read(path), { code: 'data/too-long', file: 'bomb/train-images-idx3-ubyte.gz' });
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });

  it('refuses a header that promises more than its compressed bytes can hold', async () => {
    const path = mnist('liar', '.gz', {
      'train-images-idx3-ubyte': gzipSync(idx([1_000_000, 28, 28], [1, 2, 3])),
    });
    await expectProblem(read(path), { code: 'data/truncated', field: 'header' });
  });
});
