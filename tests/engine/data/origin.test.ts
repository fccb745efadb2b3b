import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Dataset, Split } from '../../../main/engine/data/dataset.ts';
import { png } from './image-files.ts';
import { idx, load, numberedImages, sharedData, temporaryFolder } from './support.ts';

const { folder, write } = temporaryFolder();
/** With parts held out and a limit, so that no split is the file in its order. */
const few = { validation: 0.2, test: 0.2, limit: 20 };

const parts = (dataset: Dataset) => [dataset.train, dataset.validation, dataset.test];
const rowsOf = ({ origin }: Split) => [...(origin?.rows ?? [])];

/** Every row is there once at most, and none in two splits of one part. */
function expectApart(dataset: Dataset): void {
  const all = parts(dataset).flatMap((split) => rowsOf(split).map((row) => `${split.origin?.part} ${row}`));
  expect(all.length).toBe(parts(dataset).reduce((sum, { size }) => sum + size, 0));
  expect(new Set(all).size).toBe(all.length);
}

describe('where samples stand in their source', () => {
  it('is their place in an IDX file, whatever is held out', async () => {
    const { images, labels } = numberedImages(60, 2, 3);
    write('idx/train-images-idx3-ubyte', idx([60, 2, 2], images));
    write('idx/train-labels-idx1-ubyte', idx([60], labels));
    const dataset = await load(folder, { kind: 'idx', path: 'idx', ...few });
    expectApart(dataset);
    for (const split of parts(dataset)) {
      expect(split.origin?.part).toBe('train');
      expect(rowsOf(split).map((row) => labels[row])).toEqual([...split.labels]);
      expect(rowsOf(split)).toEqual(Array.from({ length: split.size }, (_, i) => split.values[i * 4]));
    }
  });

  it('is counted on from one CIFAR file to the next, and anew in a part of its own', async () => {
    const records = (n: number, first: number) =>
      Buffer.concat(
        Array.from({ length: n }, (_, i) =>
          Buffer.concat([Buffer.from([i % 3]), Buffer.alloc(3072, first + i)]),
        ),
      );
    write('cifar/data_batch_1.bin', records(30, 0));
    write('cifar/data_batch_2.bin', records(30, 30));
    write('cifar/test_batch.bin', records(30, 100));
    const dataset = await load(folder, { kind: 'cifar', path: 'cifar', ...few });
    expectApart(dataset);
    expect(parts(dataset).map(({ origin }) => origin?.part)).toEqual(['train', 'train', 'test']);
    for (const split of parts(dataset)) {
      const first = split.origin?.part === 'test' ? 100 : 0;
      expect(rowsOf(split).map((row) => first + row)).toEqual(
        Array.from({ length: split.size }, (_, i) => split.values[i * 3072]),
      );
    }
  });

  it('is a row of a table, header and comments not counted', async () => {
    const rows = Array.from({ length: 50 }, (_, i) => `${i},${(i * 7) % 5},${i % 2 ? 'odd' : 'even'}`);
    write(
      'table.csv',
      ['# made for a test', 'n,x,label', ...rows.slice(0, 9), '# halfway', ...rows.slice(9)].join('\n'),
    );
    const dataset = await load(folder, {
      kind: 'csv',
      path: 'table.csv',
      label: 'label',
      normalize: 'none',
      ...few,
    });
    expectApart(dataset);
    for (const split of parts(dataset)) {
      expect(rowsOf(split)).toEqual(Array.from({ length: split.size }, (_, i) => split.values[i * 2]));
    }
  });

  it('is a file where every sample has one', async () => {
    for (let n = 0; n < 20; n++) write(`images/${n % 2 ? 'odd' : 'even'}/${n}.png`, png(n));
    const dataset = await load(folder, { kind: 'images', path: 'images', ...few, limit: 6 });
    expectApart(dataset);
    for (const split of parts(dataset)) {
      const files = split.origin?.files ?? [];
      expect(files.map((file) => dataset.classes.indexOf(file.split('/')[0] ?? ''))).toEqual([
        ...split.labels,
      ]);
    }
  });

  it.skipIf(!existsSync(join(sharedData, 'mnist')))('agrees with all labels of MNIST', async () => {
    const dataset = await load(sharedData, { kind: 'idx', path: 'mnist', limit: 3000 });
    const bytesOf = (name: string) => {
      const file = join(sharedData, 'mnist', name);
      return existsSync(file) ? readFileSync(file) : gunzipSync(readFileSync(`${file}.gz`));
    };
    const labels = bytesOf('train-labels-idx1-ubyte').subarray(8);
    expect(rowsOf(dataset.train).map((row) => labels[row])).toEqual([...dataset.train.labels]);
  });
});
