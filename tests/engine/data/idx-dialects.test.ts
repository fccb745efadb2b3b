import { describe, expect, it } from 'vitest';
import { idx, load, temporaryFolder } from './support.ts';

const { folder, write } = temporaryFolder();
const read = (path: string, more = {}) =>
  load(folder, { kind: 'idx', path, validation: 0, test: 0.25, ...more });

const N = 12;
/** Sample n is filled with n + 1; its class is n mod 3. */
const classOf = (n: number) => n % 3;
const labels = idx(
  [N],
  Uint8Array.from({ length: N }, (_, n) => classOf(n)),
);
const images = (plane: number, shape: number[]) =>
  idx(
    [N, ...shape],
    Uint8Array.from({ length: N * plane }, (_, i) => 1 + Math.floor(i / plane)),
  );

/** An IDX file of another type, from numbers. */
function typed(
  code: number,
  shape: number[],
  width: number,
  set: (view: DataView, at: number, i: number) => void,
) {
  const count = shape.reduce((a, b) => a * b);
  const view = new DataView(new ArrayBuffer(count * width));
  for (let i = 0; i < count; i++) set(view, i * width, i);
  return idx(shape, new Uint8Array(view.buffer), [0, 0, code, shape.length]);
}

/** Writes a folder, reads it, and checks that every sample has its class. */
async function check(
  name: string,
  samples: Uint8Array,
  labelFile = labels,
  { className = String, more = {} }: { className?: (label: number) => string; more?: object } = {},
) {
  write(`${name}/train-images-idx3-ubyte`, samples);
  write(`${name}/train-labels-idx1-ubyte`, labelFile);
  const dataset = await read(name, more);
  const seen: number[] = [];
  for (const split of [dataset.train, dataset.test]) {
    const size = split.values.length / split.size;
    for (let i = 0; i < split.size; i++) {
      const n = (split.values[i * size] ?? 0) - 1;
      seen.push(n);
      expect(dataset.classes[split.labels[i] ?? -1]).toBe(className(classOf(n)));
    }
  }
  expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: N }, (_, n) => n));
  return dataset;
}

describe('types of IDX files', () => {
  const value = (i: number) => 1 + Math.floor(i / 4);
  it.each<[number, number, (view: DataView, at: number, i: number) => void]>([
    [0x09, 1, (view, at, i) => view.setInt8(at, value(i))],
    [0x0b, 2, (view, at, i) => view.setInt16(at, value(i))],
    [0x0c, 4, (view, at, i) => view.setInt32(at, value(i))],
    [0x0d, 4, (view, at, i) => view.setFloat32(at, value(i))],
    [0x0e, 8, (view, at, i) => view.setFloat64(at, value(i))],
  ])('0x%s is read', async (code, width, set) => {
    const dataset = await check(`type${code}`, typed(code, [N, 2, 2], width, set));
    expect(dataset.train.values).toBeInstanceOf(Float32Array);
    expect(dataset.sampleShape).toEqual([1, 2, 2]);
  });

  it('labels may be of any of them', async () => {
    const wide = typed(0x0c, [N], 4, (view, at, n) => view.setInt32(at, classOf(n)));
    await check('wide labels', images(4, [2, 2]), wide);
    const real = typed(0x0e, [N, 1], 8, (view, at, n) => view.setFloat64(at, classOf(n)));
    await check('real labels', images(4, [2, 2]), real);
  });
});

describe('ranks of IDX files', () => {
  it.each([
    [[], [1]],
    [[6], [6]],
    [
      [2, 3],
      [1, 2, 3],
    ],
    [
      [3, 2, 5],
      [3, 2, 5],
    ],
    [
      [2, 5, 3],
      [3, 2, 5],
    ],
  ])('samples of %j are %j', async (shape, sampleShape) => {
    const plane = shape.reduce((a, b) => a * b, 1);
    const dataset = await check(`rank ${shape.join('x')}`, images(plane, shape));
    expect(dataset.sampleShape).toEqual(sampleShape);
  });
});

describe('labels of IDX files', () => {
  it('have eight columns in QMNIST, of which the first is the class', async () => {
    const file = typed(0x0c, [N, 8], 4, (view, at, i) =>
      view.setInt32(at, i % 8 === 0 ? classOf(i / 8) : 1000 + i),
    );
    write('q/qmnist-train-images-idx3-ubyte', images(4, [2, 2]));
    write('q/qmnist-train-labels-idx2-int', file);
    write('q/qmnist-test-images-idx3-ubyte', images(4, [2, 2]));
    write('q/qmnist-test-labels-idx2-int', file);
    const { classes, test, read: what } = await read('q');
    expect(classes).toEqual(['0', '1', '2']);
    expect([...test.labels]).toEqual(Array.from({ length: N }, (_, n) => classOf(n)));
    expect(what?.facts).toContainEqual({ name: 'Label column', value: 'the first of eight, as in QMNIST' });
  });

  it('start at 1 in EMNIST letters, and no empty class comes before them', async () => {
    const from1 = idx(
      [N],
      Uint8Array.from({ length: N }, (_, n) => 1 + classOf(n)),
    );
    const dataset = await check('letters', images(4, [2, 2]), from1, {
      className: (label) => String(label + 1),
    });
    expect(dataset.classes).toEqual(['1', '2', '3']);
    expect(dataset.read?.facts).toContainEqual({
      name: 'Labels',
      value: 'whole numbers from 1 to 3: the first class is label 1',
    });
    const className = (label: number) => ['a', 'b', 'c'][label] ?? '';
    await check('named', images(4, [2, 2]), from1, { className, more: { classes: ['a', 'b', 'c'] } });
  });
});
