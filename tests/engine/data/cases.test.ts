import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectProblem, load } from './support.ts';

/** Small files after public reports, which are not part of the repository. */
const CASES = path.resolve(import.meta.dirname, '../../../../shared/cases');

/** A test of one of them, skipped by name where it is missing. */
function onCase(name: string, run: (folder: string) => Promise<void>): void {
  const folder = path.join(CASES, name);
  const there = existsSync(folder);
  it.skipIf(!there)(`${name}${there ? '' : ` (skipped: ../shared/cases/${name} is missing)`}`, () =>
    run(folder),
  );
}

const factOf = ({ read }: Awaited<ReturnType<typeof load>>, name: string) =>
  read?.facts.find((fact) => fact.name === name)?.value;

describe('NumPy dialects', () => {
  const npz = (folder: string, file: string) => load(folder, { kind: 'npz', path: file, validation: 0 });

  onCase('30-npz-dialects', async (folder) => {
    const plain = await npz(folder, 'fortran.npz');
    expect([plain.sampleShape, plain.train.size + plain.test.size]).toEqual([[3, 8, 8], 60]);
    const onehot = await npz(folder, 'onehot.npz');
    expect(onehot.classes).toEqual(['0', '1', '2']);
    expect((await npz(folder, 'labels1.npz')).classes).toEqual(['1', '2', '3']);
    expect((await npz(folder, 'strlabels.npz')).classes).toHaveLength(3);
    const chest = await npz(folder, 'chest.npz');
    expect([chest.train.size, chest.validation.size, chest.test.size]).toEqual([40, 10, 10]);
    expect(chest.train.labels).toBeInstanceOf(Uint8Array);
    expect(chest.train.labels).toHaveLength(40 * 14);
    const pickled = await expectProblem(npz(folder, 'objlabels.npz'), { code: 'data/format' });
    expect(pickled.message).toContain('Pickles are never opened');
    const bare = await expectProblem(npz(folder, 'x.npy'), { code: 'data/not-found' });
    expect(bare.message).toContain('A single .npy file');
  });
});

describe('IDX dialects', () => {
  onCase('31-idx-dialects', async (folder) => {
    const idx = (name: string) => load(folder, { kind: 'idx', path: name });
    expect((await idx('flat')).sampleShape).toEqual([64]);
    const real = await idx('float32');
    expect(real.train.values).toBeInstanceOf(Float32Array);
    expect((await idx('letters')).classes).toEqual(['1', '2', '3']);
  });
});

describe('CSV dialects', () => {
  const csv = (folder: string, file: string, more = {}) => load(folder, { kind: 'csv', path: file, ...more });

  onCase('32-csv-dialects', async (folder) => {
    const latin = await csv(folder, 'latin1b.csv');
    expect(latin.classes).toEqual(['café', 'cafè', 'tea'].sort());
    expect(factOf(latin, 'Encoding')).toBe('Windows-1252');
    expect((await csv(folder, 'semi2.csv', { delimiter: ';' })).sampleShape).toEqual([2]);
    expect((await csv(folder, 'none.csv', { missing: 'impute' })).sampleShape).toEqual([2]);
    const noheader = await csv(folder, 'noheader.csv');
    expect(noheader.train.size + noheader.validation.size + noheader.test.size).toBe(36);
    const mnist = await csv(folder, 'mnist2.csv');
    expect([mnist.sampleShape, factOf(mnist, 'Label column')?.slice(0, 5)]).toEqual([[64], 'label']);
    const adult = await csv(folder, 'adult.csv', { testPath: 'adult_test.csv' });
    expect(adult.classes).toEqual(['<=50K', '>50K']);
    expect(adult.test.size).toBe(36);
  });
});

describe('images', () => {
  const images = (folder: string, more = {}) => load(folder, { kind: 'images', path: 'ds', ...more });

  onCase('20-png16-grey', async (folder) => {
    const dataset = await images(folder, { normalize: 'none' });
    const values = new Set([...dataset.train.values, ...dataset.test.values]);
    expect(Math.max(...values)).toBeGreaterThan(1000);
    expect(Math.max(...values)).toBeLessThan(1024);
    expect(values.size).toBeGreaterThan(150);
    expect(factOf(dataset, 'Image depth')).toMatch(
      /^28 of 16 bits; values are kept as they are, up to 10\d\d$/,
    );
  });

  onCase('23-other-formats', async (folder) => {
    const dataset = await images(folder);
    expect(dataset.train.size + dataset.validation.size + dataset.test.size).toBe(26);
    expect(new Map(dataset.read?.files.map(({ kind, count }) => [kind, count]))).toEqual(
      new Map([
        ['PNG images', 18],
        ['BMP images', 2],
        ['GIF images', 2],
        ['WebP images', 2],
        ['TIFF images', 2],
      ]),
    );
  });

  onCase('24f-class-order-12-folders', async (folder) => {
    const classes = ['0', '1', '10', '11', '2', '3', '4', '5', '6', '7', '8', '9'];
    const dataset = await images(folder, { classes });
    expect(dataset.classes).toEqual(classes);
  });
});
