import { describe, expect, it } from 'vitest';
import { expectProblem, load, temporaryFolder } from './support.ts';

const { folder, write } = temporaryFolder();

/** Reads a table without validation part and without normalising. */
async function read(name: string, content: string | Uint8Array, more: object = {}) {
  write(name, content);
  return load(folder, { kind: 'csv', path: name, validation: 0, normalize: 'none', ...more });
}

type Read = Awaited<ReturnType<typeof read>>;

/** Every row's features with its label's name, in the order of the first feature. */
const rowsOf = ({ train, test, classes, sampleShape: [size = 0] }: Read) =>
  [train, test]
    .flatMap((split) =>
      Array.from({ length: split.size }, (_, i): [number[], string | undefined] => [
        [...split.values.subarray(i * size, (i + 1) * size)],
        classes[split.labels[i] ?? -1],
      ]),
    )
    .toSorted(([[a = 0]], [[b = 0]]) => a - b);

const fact = ({ read: what }: Read, name: string) => what?.facts.find((one) => one.name === name)?.value;
const problems = ({ read: what }: Read) => (what?.problems ?? []).map(({ text }) => text).join('\n');

/** A table of 12 rows whose cells are made from the row's number. */
const table = (header: string, row: (i: number) => string) =>
  `${header}\n${Array.from({ length: 12 }, (_, i) => row(i)).join('\n')}\n`;

const label = (i: number) => 'ab'.charAt(i % 2);

describe('encodings', () => {
  const text = table('x,label', (i) => `${i},${['caf\u00e9', 'caf\u00e8', 'tea'][i % 3] ?? ''}`);
  const names = ['caf\u00e8', 'caf\u00e9', 'tea'].sort();

  it.each<[string, Uint8Array, string]>([
    ['UTF-8', Buffer.from(text), 'UTF-8'],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${text}`), 'UTF-8'],
    ['Windows-1252', Buffer.from(text, 'latin1'), 'Windows-1252'],
    ['UTF-16 with its mark', Buffer.from(`\ufeff${text}`, 'utf16le'), 'UTF-16, little-endian'],
    ['UTF-16 the other way round', Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), 'UTF-16, big-endian'],
    ['UTF-16 without its mark', Buffer.from(text, 'utf16le'), 'UTF-16, little-endian'],
  ])('%s is read, and said', async (name, bytes, encoding) => {
    const dataset = await read(`${name}.csv`, bytes);
    expect(dataset.classes).toEqual(names);
    expect(fact(dataset, 'Encoding')).toBe(encoding);
    expect(rowsOf(dataset).map(([, name]) => name)[1]).toBe('caf\u00e8');
  });

  it('tells where bytes are no UTF-8, and reads the signs that only Windows has', async () => {
    const bytes = Buffer.from(text.replace('tea', 'A'), 'latin1');
    bytes[bytes.indexOf('A')] = 0x80;
    const dataset = await read('euro.csv', bytes);
    expect(dataset.classes).toContain('\u20ac');
    expect(problems(dataset)).toContain('row 2, byte 13 is 0xe9');
  });
});

describe('numbers', () => {
  it.each<[string, (i: number) => string, number[]]>([
    ['a decimal comma', (i) => `-${i},5`, [-0.5, -1.5, -2.5]],
    ['thousands and a decimal comma', (i) => `${i + 1}.234,5`, [1234.5, 2234.5, 3234.5]],
    ['percent', (i) => `${i}%`, [0, 1, 2]],
    ['percent after a blank, with a decimal comma', (i) => `${i},5 %`, [0.5, 1.5, 2.5]],
    ['dollars', (i) => `$${i + 1},234.5`, [1234.5, 2234.5, 3234.5]],
    ['euros behind', (i) => `${i},25 \u20ac`, [0.25, 1.25, 2.25]],
    ['groups with blanks', (i) => `${i + 1}\u00a0234\u00a0567`, [1234567, 2234567, 3234567]],
    ['Swiss groups', (i) => `${i + 1}'234.5`, [1234.5, 2234.5, 3234.5]],
    ['groups of thousands alone', (i) => `${i + 1},234`, [1234, 2234, 3234]],
    ['exponents', (i) => `${i}e-1`, [0, 0.1, 0.2]],
    ['a true minus sign', (i) => `\u2212${i}`, [0, -1, -2]],
  ])('%s are one feature', async (name, cell, expected) => {
    const dataset = await read(
      `${name}.csv`,
      table('a;label', (i) => `${cell(i)};${label(i)}`),
    );
    expect(dataset.sampleShape).toEqual([1]);
    const values = rowsOf(dataset).map(([[value = NaN]]) => value);
    const ordered = (expected[1] ?? 0) < (expected[0] ?? 0) ? values.toReversed() : values;
    ordered.slice(0, 3).forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 3));
  });

  it('what stands before the decimals is told by the whole table, or by the recipe', async () => {
    const text = table('a;b;label', (i) => `${i + 1}.250;0,${i + 1};${label(i)}`);
    const [[german = []] = []] = rowsOf(await read('whole.csv', text));
    expect(german[0]).toBe(1250);
    const pointed = table('a;label', (i) => `${i + 1}.250;${label(i)}`);
    expect(rowsOf(await read('point.csv', pointed))[0]?.[0]).toEqual([1.25]);
    expect(rowsOf(await read('comma.csv', pointed, { decimal: 'comma' }))[0]?.[0]).toEqual([1250]);
  });

  it.each(['None', '-', 'n/a', 'NULL', 'nil', '#DIV/0!', 'unknown', '.'])(
    "'%s' among numbers is a missing value",
    async (word) => {
      const text = table('a,label', (i) => `${i === 3 ? word : i},${label(i)}`);
      await expectProblem(read('refused.csv', text), {
        code: 'data/missing-values',
        field: "row 5, column 'a'",
      });
      const dataset = await read('imputed.csv', text, { missing: 'impute' });
      expect(dataset.sampleShape).toEqual([1]);
      expect(dataset.read?.columns.find(({ name }) => name === 'a')).toMatchObject({
        use: 'number',
        missing: 1,
      });
    },
  );

  it('the same words stay values in a column of text, and may be made missing', async () => {
    const text = table('a,label', (i) => `${['None', 'Brick'][(i >> 1) % 2] ?? ''},${label(i)}`);
    expect((await read('text.csv', text)).sampleShape).toEqual([2]);
    await expectProblem(read('words.csv', text, { missingWords: ['None'] }), { code: 'data/missing-values' });
  });

  it('names the cells that turn numbers into categories', async () => {
    const dataset = await read(
      'odd.csv',
      table('a,label', (i) => `${i === 4 ? 'n.v.' : i / 2},${label(i)}`),
    );
    expect(problems(dataset)).toContain(
      "Column 'a': 11 of 12 cells are numbers, but 'n.v.' (row 6) is not: the column is read as 12 categories.",
    );
    const known = table('a,label', (i) => `${i === 4 ? 'n.v.' : i / 2},${label(i)}`);
    const mended = await read('mended.csv', known, { missingWords: ['n.v.'], missing: 'impute' });
    expect(mended.sampleShape).toEqual([1]);
  });

  it('codes that only look like numbers to a program stay text', async () => {
    const dataset = await read(
      'hex.csv',
      table('a,label', (i) => `0x${i % 3},${label(i)}`),
    );
    expect(dataset.read?.columns.find(({ name }) => name === 'a')).toMatchObject({
      use: 'category',
      values: 3,
    });
  });
});

describe('rows', () => {
  it.each<[string, string]>([
    ['hash', '# made by hand\n# in 2020, and later'],
    ['bar', '|1x3 Cross validator'],
    ['blank lines', '\n\n'],
    ['Excel', 'sep=,'],
  ])('notes before the first row are left out: %s', async (name, before) => {
    const dataset = await read(
      `${name}.csv`,
      `${before}\n${table('a,b,label', (i) => `${i},${-i},${label(i)}`)}`,
    );
    expect(rowsOf(dataset)).toHaveLength(12);
    expect(dataset.sampleShape).toEqual([2]);
  });

  it('a comment between rows is left out and counted, and errors name the line of the file', async () => {
    const text = table('a,b,label', (i) => `${i === 3 ? '# half\n' : ''}${i},${-i},${label(i)}`);
    const dataset = await read('between.csv', text);
    expect(rowsOf(dataset)).toHaveLength(12);
    expect(dataset.read?.leftOut).toEqual([{ why: 'comment lines', count: 1, examples: ['between.csv'] }]);
    await expectProblem(read('later.csv', text.replace('5,-5', '5,')), { field: "row 8, column 'b'" });
  });

  it('a header behind a comment sign names the columns, and so does one called #', async () => {
    const marked = await read(
      'marked.csv',
      table('# a,b,label', (i) => `${i},${-i},${label(i)}`),
    );
    expect(marked.read?.columns.map(({ name }) => name).sort()).toEqual(['a', 'b', 'label']);
    const hash = await read(
      'number.csv',
      table('#,b,label', (i) => `${i},${-i},${label(i)}`),
    );
    expect(hash.read?.columns.map(({ name }) => name).sort()).toEqual(['#', 'b', 'label']);
  });

  it.each([
    [',', ','],
    [';', ';'],
    ['\t', 'tab'],
    ['|', '|'],
  ])('the delimiter %j is found', async (delimiter, words) => {
    const rows = table('a,b,label', (i) => `${i},${-i},${label(i)}`).replaceAll(',', delimiter);
    const dataset = await read('delimiter.csv', rows);
    expect(fact(dataset, 'Delimiter')).toBe(words);
    expect(rowsOf(dataset)[2]).toEqual([[2, -2], 'a']);
  });

  it.each<[string, string, boolean, object]>([
    ['numbers', '0.5,1,a', false, {}],
    ['names', 'x,y2,label', true, {}],
    ['counted columns', '0,1,label', false, {}],
    ['numbers that are asked for as names', '0.5,1,a', true, { header: true }],
    ['a name that the recipe uses', '1,2,3', true, { label: '3' }],
  ])('a first row of %s is told apart', async (name, first, header, more) => {
    const rows = Array.from({ length: 12 }, (_, i) => `${i + 0.25},${-i},${label(i)}`).join('\n');
    const dataset = await read(`${name}.csv`, `${first}\n${rows}`, {
      ...more,
      ...(name === 'counted columns' && { classes: ['a', 'b', 'label'] }),
    });
    expect(rowsOf(dataset)).toHaveLength(header ? 12 : 13);
  });

  it('names that only count the columns are no sample', async () => {
    const dataset = await read(
      'counted.csv',
      table('0,1,2,3,label', (i) => `${i},${-i},${i % 5},7.5,${label(i)}`),
    );
    expect(rowsOf(dataset)).toHaveLength(12);
  });

  it('a table of text alone has a header whose words stand nowhere else', async () => {
    const rows = (i: number) => `${['u', 'v', 'w'][i % 3] ?? ''},${label(i)}`;
    expect(rowsOf(await read('text header.csv', table('kind,result', rows)))).toHaveLength(12);
    expect(rowsOf(await read('no header.csv', table('u,a', rows)))).toHaveLength(13);
  });
});

describe('the label', () => {
  it.each(['label', 'Label', 'target', 'class', 'y', 'Species', 'CLASS.', 'Outcome'])(
    'is found under its usual name %s, wherever it stands',
    async (name) => {
      const dataset = await read(
        'usual.csv',
        table(`${name},a,b`, (i) => `${label(i)},${i},${-i}`),
      );
      expect(dataset.classes).toEqual(['a', 'b']);
      expect(fact(dataset, 'Label column')).toContain(`${name} (by its name`);
    },
  );

  it('is the last column where none has a usual name, and that is said', async () => {
    const dataset = await read(
      'last.csv',
      table('a,b,income', (i) => `${i},${-i},${label(i)}`),
    );
    expect(fact(dataset, 'Label column')).toContain('income (the last column');
  });

  it.each(['<=50K.', '<=50k', ' <=50K ', '<= 50K'])(
    "of a second table may be written '%s', and that is said",
    async (written) => {
      write('adult_test.csv', `|1x3 Cross validator\n1,2,${written}\n3,4,>50K.\n`);
      const text = table('a,b,label', (i) => `${i},${-i},${['<=50K', '>50K'][i % 2] ?? ''}`);
      const dataset = await read('adult.csv', text, { testPath: 'adult_test.csv' });
      expect([...dataset.test.labels]).toEqual([0, 1]);
      expect(dataset.read?.facts).toContainEqual({
        name: 'Label of the second table',
        value: "'>50K.' is taken for '>50K'",
      });
    },
  );

  it('takes signs as they are, and refuses others with the labels that there are', async () => {
    write('signs_test.csv', 'a,label\n1,-\n2,+\n');
    const signs = (i: number) => `${i},${'+-'.charAt(i % 2)}`;
    const dataset = await read('signs.csv', table('a,label', signs), { testPath: 'signs_test.csv' });
    expect([...dataset.test.labels]).toEqual([1, 0]);
    write('wrong_test.csv', 'a,label\n1,x\n');
    const { remedy } = await expectProblem(
      read('wrong.csv', table('a,label', signs), { testPath: 'wrong_test.csv' }),
      { code: 'data/labels' },
    );
    expect(remedy).toContain('Labels there: +, -');
  });

  it('is named by `classes`: in another order, or numbers by names', async () => {
    const text = table('a,label', (i) => `${i},${i % 3}`);
    const order = await read('order.csv', text, { classes: ['2', '0', '1'] });
    expect(
      rowsOf(order)
        .map(([, name]) => name)
        .slice(0, 3),
    ).toEqual(['0', '1', '2']);
    expect(order.classes).toEqual(['2', '0', '1']);
    const named = await read('named.csv', text, { classes: ['ant', 'bee', 'cow'] });
    expect(
      rowsOf(named)
        .map(([, name]) => name)
        .slice(0, 3),
    ).toEqual(['ant', 'bee', 'cow']);
    const words = table('a,label', (i) => `${i},${label(i)}`);
    await expectProblem(read('words.csv', words, { classes: ['a', 'c'] }), { code: 'data/classes' });
  });
});

describe('problems that are found', () => {
  it('a measurement, constant columns, identifiers and classes of a few samples', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => `${i},7,${i % 13},${i < 150 ? i % 5 : i % 28}`);
    const measured = await read('abalone.csv', `id,same,c,rings\n${rows.join('\n')}`);
    expect(problems(measured)).toContain('looks like a measurement');
    expect(problems(measured)).toContain("Column 'same' has the same value in every row ('7')");
    expect(problems(measured)).toContain("Column 'id' has another value in every row");
    const few = Array.from(
      { length: 100 },
      (_, i) => `${i / 7},${i % 9},${i % 5},${i},${i < 95 ? 'often' : 'rare'}`,
    );
    expect(problems(await read('few.csv', `p,q,r,s,label\n${few.join('\n')}`))).toContain(
      '1 class has fewer than 10 training samples: rare',
    );
  });

  it('samples that occur twice, in training and in test, and with another label', async () => {
    const row = (i: number) => `${i % 4},1,2,${i % 4}`;
    write('copy_test.csv', `a,b,c,d,label\n${row(1)},b\n`);
    const dataset = await read(
      'copy.csv',
      table('a,b,c,d,label', (i) => `${row(i)},${label(i)}`),
      {
        testPath: 'copy_test.csv',
        features: ['a', 'b', 'c', 'd'],
      },
    );
    expect(problems(dataset)).toContain('8 of 12 training samples occur more than once.');
    expect(problems(dataset)).toContain('1 validation or test samples are training samples too');
    expect(problems(dataset)).not.toContain('another label');
    const contrary = await read(
      'contrary.csv',
      table('a,b,c,d,label', (i) => `1,1,2,${i % 3},${label(i)}`),
    );
    expect(problems(contrary)).toContain('another label');
  });

  it('classes whose names differ in capitals or dots only', async () => {
    const dataset = await read(
      'twice.csv',
      table('a,label', (i) => `${i},${['Yes', 'yes', 'no'][i % 3] ?? ''}`),
    );
    expect(problems(dataset)).toContain("'Yes' and 'yes'");
  });
});

describe('a column for each class', () => {
  const text = table('x,red,big', (i) => `${i},${i % 2},${i % 3 === 0 ? 'true' : 'no'}`);
  const marksOf = ({ train, test, classes, sampleShape: [size = 0] }: Read) =>
    [train, test]
      .flatMap(({ labels, values, size: samples }) =>
        Array.from({ length: samples }, (_, i) => [
          values[i * size] ?? NaN,
          ...labels.subarray(i * classes.length, (i + 1) * classes.length),
        ]),
      )
      .toSorted(([a = 0], [b = 0]) => a - b);

  it('is read as a matrix, in the order of the columns that are named', async () => {
    const dataset = await read('marks.csv', text, { labels: ['big', 'red'] });
    expect(dataset.classes).toEqual(['big', 'red']);
    expect(dataset.sampleShape).toEqual([1]);
    expect(marksOf(dataset)).toEqual(Array.from({ length: 12 }, (_, i) => [i, i % 3 === 0 ? 1 : 0, i % 2]));
    expect(fact(dataset, 'Labels')).toBe(
      'a matrix of 2 columns: a sample may have several classes, 4 have none',
    );
    expect(dataset.read?.columns.filter(({ use }) => use === 'label')).toHaveLength(2);
  });

  it('comes in the order of `classes`, with a second table as the test part', async () => {
    write('more.csv', 'x,red,big\n100,1,0\n101,1,1\n');
    const dataset = await read('marks.csv', text, {
      labels: ['red', 'big'],
      classes: ['big', 'red'],
      testPath: 'more.csv',
    });
    expect(marksOf(dataset).slice(-2)).toEqual([
      [100, 0, 1],
      [101, 1, 1],
    ]);
  });

  it('is one class a sample where each row has a single 1', async () => {
    const oneHot = table('x,a,b', (i) => `${i},${i % 2},${(i + 1) % 2}`);
    const dataset = await read('one-hot.csv', oneHot, { labels: ['a', 'b'] });
    expect(rowsOf(dataset).map(([, name]) => name)).toEqual(
      Array.from({ length: 12 }, (_, i) => 'ba'.charAt(i % 2)),
    );
  });

  it.each([
    [{ labels: ['red', 'x'] }, "row 4, column 'x'", "'2' says neither"],
    [{ labels: ['red', 'blue'] }, 'data.labels[1]', "no column 'blue'"],
    [{ labels: ['red', 'red'] }, 'data.labels[1]', "'red' is named twice"],
    [{ labels: ['red', 'big'], label: 'red' }, 'data.labels', 'Both `label` and `labels`'],
    [{ labels: ['red', 'big'], features: ['x', 'big'] }, 'data.features', 'label column is among'],
  ])('refuses %j by name', async (more, field, message) => {
    const problem = await expectProblem(read('marks.csv', text, more), { field });
    expect(problem.message).toContain(message);
  });
});
