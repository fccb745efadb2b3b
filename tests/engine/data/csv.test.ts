import { describe, expect, it } from 'vitest';
import { expectProblem, load, temporaryFolder } from './support.ts';

const { folder, write } = temporaryFolder();
const read = (path: string, more = {}) => load(folder, { kind: 'csv', path, ...more });

/** 40 rows: a number, a colour and a class. */
const rows = Array.from(
  { length: 40 },
  (_, i) => `${i * 0.5},${['red', 'green'][i % 2]},${['yes', 'no'][(i % 4) >> 1]}`,
);
const table = ['size,colour,bought', ...rows].join('\n');

describe('CSV reader', () => {
  it('makes numbers of numbers, one-hot of text and classes of the last column', async () => {
    write('plain.csv', table);
    const dataset = await read('plain.csv');
    expect(dataset.classes).toEqual(['no', 'yes']);
    expect(dataset.sampleShape).toEqual([3]);
    expect([dataset.train.size, dataset.validation.size, dataset.test.size]).toEqual([29, 3, 8]);
    for (const split of [dataset.train, dataset.validation, dataset.test]) {
      for (let n = 0; n < split.size; n++) {
        const [size = -1, green, red] = split.values.subarray(3 * n, 3 * n + 3);
        const i = size / 0.5;
        expect([green, red]).toEqual(i % 2 === 1 ? [1, 0] : [0, 1]);
        expect(split.labels[n]).toBe((i % 4) >> 1 ? 0 : 1);
      }
    }
  });

  it('shows the first rows as the file has them, cut to what can be looked at', async () => {
    write('plain.csv', table);
    expect((await read('plain.csv')).read?.head).toEqual({
      columns: ['size', 'colour', 'bought'],
      rows: rows.slice(0, 8).map((row) => row.split(',')),
      left: 0,
    });
    const wide = (row: number) => [row % 2, ...Array.from({ length: 14 }, (_, i) => row + i)].join(',');
    const names = ['label', ...Array.from({ length: 14 }, (_, i) => `${'long'.repeat(20)}${i}`)];
    write('wide.csv', [names.join(','), ...Array.from({ length: 40 }, (_, i) => wide(i))].join('\n'));
    const head = (await read('wide.csv')).read?.head;
    expect(head?.columns[1]).toBe(`${'long'.repeat(10)}…`);
    expect(head?.rows.map((row) => row.length)).toEqual(new Array(8).fill(12));
    expect(head?.left).toBe(3);
  });

  it('standardises numbers by the training rows and leaves one-hot columns', async () => {
    write('norm.csv', table);
    const { train, normalization } = await read('norm.csv');
    const sizes = Array.from({ length: train.size }, (_, n) => train.values[3 * n] ?? 0);
    const mean = sizes.reduce((a, b) => a + b) / sizes.length;
    const variance = sizes.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sizes.length;
    expect(normalization.mean[0]).toBeCloseTo(mean, 9);
    expect(normalization.std[0]).toBeCloseTo(Math.sqrt(variance), 9);
    expect([normalization.mean.slice(1), normalization.std.slice(1)]).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it('takes a label by name, chosen features, another delimiter, quotes, a BOM and CRLF', async () => {
    const text = `\ufeff${table
      .replaceAll('red', '"dark, red"')
      .replaceAll(/,(?! )/g, ';')
      .replaceAll('\n', '\r\n')}\r\n`;
    write('other.csv', text);
    const dataset = await read('other.csv', { delimiter: ';', label: 'colour', features: ['size'] });
    expect(dataset.classes).toEqual(['dark, red', 'green']);
    expect(dataset.sampleShape).toEqual([1]);
  });

  it('counts columns where there is no header, and orders classes that are numbers by value', async () => {
    write('bare.csv', Array.from({ length: 30 }, (_, i) => `${[10, 9, 2][i % 3]},${i},${i * i}`).join('\n'));
    const dataset = await read('bare.csv', { header: false, label: '1' });
    expect(dataset.classes).toEqual(['2', '9', '10']);
    expect(dataset.sampleShape).toEqual([2]);
    expect(dataset.train.size + dataset.validation.size + dataset.test.size).toBe(30);
  });

  it('encodes numbers as categories when told to', async () => {
    write('codes.csv', Array.from({ length: 30 }, (_, i) => `${i % 3},${i},${i % 2}`).join('\n'));
    const dataset = await read('codes.csv', { header: false, categorical: ['1'] });
    expect(dataset.sampleShape).toEqual([4]);
  });

  it('fits means and categories on training rows only, and maps an unseen category to no feature', async () => {
    write('fit/train.csv', 'a,b,y\n1,u,0\n3,v,0\n5,u,1\n7,v,1\n,u,0\n');
    write('fit/test.csv', 'y,b,a\n1,w,1000\n0,u,\n');
    const dataset = await read('fit/train.csv', {
      testPath: 'fit/test.csv',
      missing: 'impute',
      validation: 0,
    });
    expect(dataset.sampleShape).toEqual([3]);
    // 4 is the mean of 1, 3, 5, 7; 1000 of the test table has no part in it.
    expect([...dataset.train.values.subarray(12, 15)]).toEqual([4, 1, 0]);
    expect([...dataset.test.values]).toEqual([1000, 0, 0, 4, 1, 0]);
    expect([...dataset.test.labels]).toEqual([1, 0]);
    expect(dataset.normalization.mean[0]).toBeCloseTo(4, 9);
  });

  it('makes a category of missing text', async () => {
    write('holes.csv', 'c,y\nu,0\n?,0\nv,1\n,1\nu,0\nv,1\n');
    const dataset = await read('holes.csv', { missing: 'impute', validation: 0 });
    expect(dataset.sampleShape).toEqual([3]);
  });

  it.each<[string, string, object, object]>([
    [
      'an empty cell',
      'a,y\n1,0\n,1\n2,0\n3,1\n4,0\n5,1\n',
      {},
      { code: 'data/missing-values', field: "row 3, column 'a'" },
    ],
    ['a missing label', 'a,y\n1,0\n2,\n', {}, { code: 'data/labels', field: "row 3, column 'y'" }],
    ['one class only', 'a,y\n1,0\n2,0\n', {}, { code: 'data/labels', field: "column 'y'" }],
    ['a row too short', 'a,b,y\n1,2,0\n1,2\n', {}, { code: 'data/format', field: 'row 3' }],
    ['an open quote', 'a,y\n1,0\n"2,1\n', {}, { code: 'data/format' }],
    ['a column twice', 'a,a,y\n1,2,0\n', {}, { code: 'data/format', field: 'row 1' }],
    ['no rows', 'a,y\n', {}, { code: 'data/empty' }],
    ['the wrong delimiter', 'a;y\n1;0\n2;1\n', { delimiter: ',' }, { code: 'data/format' }],
    ['zero bytes', 'a,y\n1,\0\n', {}, { code: 'data/format', field: 'byte 6' }],
    ['an unknown label', 'a,y\n1,0\n', { label: 'z' }, { code: 'data/not-found', field: 'data.label' }],
    [
      'an unknown feature',
      'a,y\n1,0\n',
      { features: ['q'] },
      { code: 'data/not-found', field: 'data.features[0]' },
    ],
    [
      'the label as a feature',
      'a,y\n1,0\n',
      { features: ['y'] },
      { code: 'data/labels', field: 'data.features' },
    ],
    [
      'measurements as labels',
      `a,y\n${Array.from({ length: 60 }, (_, i) => `1,${i / 7}`).join('\n')}`,
      {},
      { code: 'data/labels', field: "column 'y'" },
    ],
    [
      'an identifier among the features',
      `a,y\n${Array.from({ length: 3000 }, (_, i) => `id${i},${i % 2}`).join('\n')}`,
      {},
      { code: 'data/too-many-values', field: "column 'a'" },
    ],
  ])('refuses %s', async (what, text, more, problem) => {
    write(`${what}.csv`, text);
    await expectProblem(read(`${what}.csv`, more), { file: `${what}.csv`, ...problem });
  });

  it('refuses text in a test column that is numeric in training, and labels that training does not have', async () => {
    write('t/train.csv', 'a,y\n1,0\n2,1\n3,0\n4,1\n');
    write('t/text.csv', 'a,y\nmany,0\n');
    write('t/label.csv', 'a,y\n1,7\n');
    const of = (testPath: string) => read('t/train.csv', { testPath, validation: 0 });
    await expectProblem(of('t/text.csv'), { file: 't/text.csv', field: "row 2, column 'a'" });
    await expectProblem(of('t/label.csv'), { file: 't/label.csv', field: "row 2, column 'y'" });
  });

  it('refuses augmentation, which is for images', async () => {
    write('augment.csv', table);
    await expectProblem(read('augment.csv', { augment: { flip: true } }), { field: 'data.augment' });
  });
});
