import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { npy } from './npy.ts';
import { expectProblem, load, temporaryFolder } from './support.ts';

const { folder, write } = temporaryFolder();
const read = (path: string, more = {}) => load(folder, { kind: 'npz', path, validation: 0, ...more });

/** The samples 0 to 23, two features each: (n, 100 + n). Their class is n mod 3. */
const x = npy(
  [24, 2],
  Float32Array.from({ length: 48 }, (_, i) => (i % 2) * 100 + Math.floor(i / 2)),
);
const classOf = (n: number) => n % 3;
const y = npy(
  [24],
  Int32Array.from({ length: 24 }, (_, n) => classOf(n)),
);

/** Every sample with its label's name, sorted by sample, whatever part it is in. */
async function pairs(path: string, more = {}) {
  const dataset = await read(path, more);
  const found = [dataset.train, dataset.test].flatMap(({ values, labels, size }) =>
    Array.from({ length: size }, (_, i) => [values[2 * i] ?? -1, dataset.classes[labels[i] ?? -1]] as const),
  );
  return { dataset, found: found.toSorted(([a], [b]) => a - b) };
}

const expected = (name: (label: number) => string) =>
  Array.from({ length: 24 }, (_, n) => [n, name(classOf(n))]);

/** Bytes of numbers written with the given setter of a DataView. */
function bytes(
  count: number,
  width: number,
  set: (view: DataView, at: number, n: number) => void,
): Uint8Array {
  const view = new DataView(new ArrayBuffer(count * width));
  for (let n = 0; n < count; n++) set(view, n * width, n);
  return new Uint8Array(view.buffer);
}

describe('types of NumPy', () => {
  it.each<[string, Uint8Array]>([
    ['|b1', bytes(24, 1, (view, at, n) => view.setUint8(at, classOf(n) % 2))],
    ['|i1', bytes(24, 1, (view, at, n) => view.setInt8(at, classOf(n)))],
    ['<u2', bytes(24, 2, (view, at, n) => view.setUint16(at, classOf(n), true))],
    ['>u2', bytes(24, 2, (view, at, n) => view.setUint16(at, classOf(n)))],
    ['>i2', bytes(24, 2, (view, at, n) => view.setInt16(at, classOf(n)))],
    ['<u4', bytes(24, 4, (view, at, n) => view.setUint32(at, classOf(n), true))],
    ['>u4', bytes(24, 4, (view, at, n) => view.setUint32(at, classOf(n)))],
    ['>i4', bytes(24, 4, (view, at, n) => view.setInt32(at, classOf(n)))],
    ['<u8', bytes(24, 8, (view, at, n) => view.setBigUint64(at, BigInt(classOf(n)), true))],
    ['>i8', bytes(24, 8, (view, at, n) => view.setBigInt64(at, BigInt(classOf(n))))],
    // 0, 1 and 2 as float16.
    ['<f2', bytes(24, 2, (view, at, n) => view.setUint16(at, [0, 0x3c00, 0x4000][classOf(n)] ?? 0, true))],
    ['>f2', bytes(24, 2, (view, at, n) => view.setUint16(at, [0, 0x3c00, 0x4000][classOf(n)] ?? 0))],
    ['>f4', bytes(24, 4, (view, at, n) => view.setFloat32(at, classOf(n)))],
    ['>f8', bytes(24, 8, (view, at, n) => view.setFloat64(at, classOf(n)))],
  ])('reads %s', async (descr, values) => {
    const file = `${descr.replace(/\W/, '')}${descr.startsWith('>') ? 'big' : ''}.npz`;
    write(file, zipSync({ 'x.npy': x, 'y.npy': npy([24], values, { descr }) }));
    const name = descr === '|b1' ? (label: number) => String(label % 2) : String;
    expect((await pairs(file)).found).toEqual(expected(name));
  });

  it('reads samples in Fortran order as the same samples', async () => {
    const shape = [6, 2, 3, 3];
    const at = (n: number, h: number, w: number, c: number) => ((n * 2 + h) * 3 + w) * 3 + c;
    const ordered = Uint8Array.from({ length: 108 }, (_, i) => i);
    const turned = new Uint8Array(108);
    let next = 0;
    for (let c = 0; c < 3; c++)
      for (let w = 0; w < 3; w++)
        for (let h = 0; h < 2; h++) for (let n = 0; n < 6; n++) turned[next++] = at(n, h, w, c);
    const labels = npy([6], Uint8Array.of(0, 1, 0, 1, 0, 1));
    const layout = { layout: 'channels-last', test: 0.4 };
    write('c.npz', zipSync({ 'x.npy': npy(shape, ordered), 'y.npy': labels }));
    write('f.npz', zipSync({ 'x.npy': npy(shape, turned, { fortran: 'True' }), 'y.npy': labels }));
    expect((await read('f.npz', layout)).fingerprint).toBe((await read('c.npz', layout)).fingerprint);
  });

  it('never opens pickles, and says what to save instead', async () => {
    write('object.npz', zipSync({ 'x.npy': x, 'y.npy': npy([24], new Uint8Array(30), { descr: '|O' }) }));
    const { message, remedy } = await expectProblem(read('object.npz'), {
      code: 'data/format',
      field: 'y.npy',
    });
    expect(message).toContain('Pickles are never opened');
    expect(remedy).toContain('y.astype(str)');
  });
});

describe('labels of NumPy', () => {
  const text = (words: readonly string[], width: number, big = false) =>
    bytes(24 * width, 4, (view, at, n) => {
      const word = words[classOf(Math.floor(n / width))] ?? '';
      view.setUint32(at, word.codePointAt(n % width) ?? 0, !big);
    });

  it.each([
    ['<U4', false],
    ['>U4', true],
  ] as const)('are texts of type %s, which name the classes', async (descr, big) => {
    const values = text(['zoo', 'été', 'ant'], 4, big);
    write('text.npz', zipSync({ 'x.npy': x, 'y.npy': npy([24], values, { descr }) }));
    const { dataset, found } = await pairs('text.npz');
    expect(dataset.classes).toEqual(['ant', 'zoo', 'été']);
    expect(found).toEqual(expected((label) => ['zoo', 'été', 'ant'][label] ?? ''));
  });

  it('are texts of bytes', async () => {
    const values = bytes(72, 1, (view, at, n) => view.setUint8(at, 'abcd\0\0ef\0'.charCodeAt(n % 9)));
    write('bytes.npz', zipSync({ 'x.npy': x, 'y.npy': npy([24], values, { descr: '|S3' }) }));
    expect((await pairs('bytes.npz')).found).toEqual(expected((label) => ['abc', 'd', 'ef'][label] ?? ''));
  });

  it('are read from one-hot rows', async () => {
    const rows = Uint8Array.from({ length: 72 }, (_, i) => Number(i % 3 === classOf(Math.floor(i / 3))));
    write('onehot.npz', zipSync({ 'x.npy': x, 'y.npy': npy([24, 3], rows) }));
    const { dataset, found } = await pairs('onehot.npz');
    expect(dataset.train.labels).toBeInstanceOf(Int32Array);
    expect(found).toEqual(expected(String));
  });

  it('are several a sample where rows of 0 and 1 do not have a single 1', async () => {
    const rows = Float64Array.from({ length: 72 }, (_, i) => Number(i % 3 <= classOf(Math.floor(i / 3)) - 1));
    write('several.npz', zipSync({ 'x.npy': x, 'y.npy': npy([24, 3], rows) }));
    const { train, classes, read: what } = await read('several.npz', { classes: ['p', 'q', 'r'] });
    expect(classes).toEqual(['p', 'q', 'r']);
    expect(train.labels).toBeInstanceOf(Uint8Array);
    const row = (i: number) => [...train.labels.subarray(3 * i, 3 * i + 3)];
    for (let i = 0; i < train.size; i++) {
      const label = classOf(train.values[2 * i] ?? 0);
      expect(row(i)).toEqual([Number(label > 0), Number(label > 1), 0]);
    }
    expect(what?.facts).toContainEqual({
      name: 'Labels',
      value: 'a matrix of 3 columns: a sample may have several classes, 8 have none',
    });
  });

  it.each<[string, number, object, string[]]>([
    ['start at 1', 1, {}, ['1', '2', '3']],
    ['start at 1 and are named', 1, { classes: ['a', 'b', 'c'] }, ['a', 'b', 'c']],
    ['start at 1 beside a class 0 that is named', 1, { classes: ['none', 'a', 'b', 'c'] }, ['a', 'b', 'c']],
    ['start at -1', -1, {}, ['-1', '0', '1']],
    ['start at 7', 7, {}, ['7', '8', '9']],
  ])('may %s', async (what, from, more, names) => {
    const values = Int32Array.from({ length: 24 }, (_, n) => from + classOf(n));
    write(`${what}.npz`, zipSync({ 'x.npy': x, 'y.npy': npy([24], values) }));
    const { dataset, found } = await pairs(`${what}.npz`, more);
    expect(found).toEqual(expected((label) => names[label] ?? ''));
    expect(dataset.classes).toHaveLength('classes' in more ? (more.classes as []).length : 3);
  });

  it('are 0 and 255 without 254 empty classes between', async () => {
    const values = Uint8Array.from({ length: 24 }, (_, n) => 255 * (n % 2));
    write('mask.npz', zipSync({ 'x.npy': x, 'y.npy': npy([24], values) }));
    expect((await read('mask.npz')).classes).toEqual(['0', '255']);
  });
});

describe('order of classes', () => {
  it('follows `classes` where these are the labels themselves', async () => {
    write('order.npz', zipSync({ 'x.npy': x, 'y.npy': y }));
    // As YAML has them: numbers.
    const { dataset, found } = await pairs('order.npz', { classes: [2, 0, 1] });
    expect(dataset.classes).toEqual(['2', '0', '1']);
    expect(found).toEqual(expected(String));
  });

  it('refuses names that are missing or do not occur, by name', async () => {
    write('wrong.npz', zipSync({ 'x.npy': x, 'y.npy': y }));
    const { message } = await expectProblem(read('wrong.npz', { classes: ['1', '0', 'x'] }), {
      code: 'data/classes',
      field: 'data.classes',
    });
    expect(message).toContain("not named: '2'");
    expect(message).toContain("the data has not: 'x'");
  });
});

describe('names of arrays', () => {
  it.each([
    ['X_train', 'Y_train'],
    ['data', 'target'],
    ['arr_0', 'arr_1'],
    ['trainX', 'trainY'],
    ['train-images', 'train-labels'],
    ['features', 'classes'],
  ])('%s and %s are samples and labels', async (samples, labels) => {
    write(`${samples}.npz`, zipSync({ [`${samples}.npy`]: x, [`${labels}.npy`]: y }));
    expect((await pairs(`${samples}.npz`)).found).toEqual(expected(String));
  });

  it('takes four unnamed arrays in either order', async () => {
    const half = (n: number) =>
      npy(
        [n, 2],
        new Float32Array(2 * n).map((_, i) => i),
      );
    const halfLabels = (n: number) =>
      npy(
        [n],
        new Uint8Array(n).map((_, i) => i % 2),
      );
    const [a, b, c, d] = [half(8), halfLabels(8), half(4), halfLabels(4)];
    write('xyxy.npz', zipSync({ 'arr_0.npy': a, 'arr_1.npy': b, 'arr_2.npy': c, 'arr_3.npy': d }));
    write('xxyy.npz', zipSync({ 'arr_0.npy': a, 'arr_1.npy': c, 'arr_2.npy': b, 'arr_3.npy': d }));
    const one = await read('xyxy.npz');
    expect([one.train.size, one.test.size]).toEqual([8, 4]);
    expect((await read('xxyy.npz')).fingerprint).toBe(one.fingerprint);
  });

  it('takes validation arrays, and says what it leaves out', async () => {
    const part = { x: npy([6, 2], new Float32Array(12)), y: npy([6], Uint8Array.of(0, 1, 2, 0, 1, 2)) };
    const files = { 'x_train.npy': x, 'y_train.npy': y, 'x_val.npy': part.x, 'y_val.npy': part.y };
    write('parts.npz', zipSync({ ...files, 'names.npy': y, 'readme.txt': Buffer.from('x') }));
    const dataset = await read('parts.npz');
    expect(dataset.validation.size).toBe(6);
    expect(dataset.read?.leftOut).toEqual([
      { why: 'arrays that are no samples and no labels', count: 1, examples: ['names'] },
      { why: 'files that are no arrays', count: 1, examples: ['readme.txt'] },
    ]);
  });

  it('reads .npy files beside each other, from any of them or their folder', async () => {
    write('bare/x.npy', x);
    write('bare/y.npy', y);
    for (const path of ['bare/x.npy', 'bare/y.npy', 'bare'])
      expect((await pairs(path)).found).toEqual(expected(String));
    write('alone/x.npy', x);
    const { remedy } = await expectProblem(read('alone/x.npy'), {
      code: 'data/not-found',
      field: 'data.path',
    });
    expect(remedy).toContain('y.npy');
  });
});
