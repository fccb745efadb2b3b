import { spawnSync } from 'node:child_process';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { npy, type Values } from './npy.ts';
import { expectProblem, load, temporaryFolder } from './support.ts';

const { folder, write } = temporaryFolder();
const read = (path: string, more = {}) => load(folder, { kind: 'npz', path, ...more });

const labels = (n: number) => Int32Array.from({ length: n }, (_, i) => i % 4);
const rows = (n: number) => Float32Array.from({ length: 3 * n }, (_, i) => i / 2);
const images = (n: number) => Uint8Array.from({ length: n * 4 * 5 * 3 }, (_, i) => (i * 7) % 256);

describe('npz reader', () => {
  it.each([1, 2, 3])('reads arrays of format %i, stored and deflated alike', async (version) => {
    const files = {
      'x_train.npy': npy([40, 3], rows(40), { version }),
      'y_train.npy': npy([40], labels(40), { version }),
      'x_test.npy': npy([8, 3], rows(8), { version }),
      'y_test.npy': npy([8], labels(8), { version }),
    };
    write('stored.npz', zipSync(files, { level: 0 }));
    write('deflated.npz', zipSync(files, { level: 9 }));
    const stored = await read('stored.npz');
    expect((await read('deflated.npz')).fingerprint).toBe(stored.fingerprint);
    expect(stored.sampleShape).toEqual([3]);
    expect([stored.train.size, stored.validation.size, stored.test.size]).toEqual([36, 4, 8]);
    expect([...stored.test.values]).toEqual([...rows(8)]);
  });

  it.each<[string, Values]>([
    ['u1', Uint8Array.from(labels(40))],
    ['i4', labels(40)],
    ['i8', BigInt64Array.from([...labels(40)].map(BigInt))],
    ['f4', Float32Array.from(labels(40))],
    ['f8', Float64Array.from(labels(40))],
  ])('reads labels of type %s', async (name, values) => {
    write(`${name}.npz`, zipSync({ 'x.npy': npy([40, 3], rows(40)), 'y.npy': npy([40, 1], values) }));
    const dataset = await read(`${name}.npz`, { validation: 0 });
    expect([dataset.train.size, dataset.test.size]).toEqual([32, 8]);
    dataset.train.labels.forEach((label, i) => {
      // The first feature of row n is 3 n / 2.
      expect(label).toBe(((dataset.train.values[3 * i] ?? 0) / 1.5) % 4);
    });
  });

  it('brings channels-last images to channels first, the same as channels-first ones', async () => {
    const last = images(20);
    const first = Uint8Array.from({ length: last.length }, (_, at) => {
      const [n, c, p] = [Math.floor(at / 60), Math.floor((at % 60) / 20), at % 20];
      return last[n * 60 + p * 3 + c] ?? 0;
    });
    const y = npy([20], labels(20));
    write('last.npz', zipSync({ 'images.npy': npy([20, 2, 10, 3], last), 'labels.npy': y }));
    write('first.npz', zipSync({ 'images.npy': npy([20, 3, 2, 10], first), 'labels.npy': y }));
    const a = await read('last.npz');
    const b = await read('first.npz');
    expect(a.sampleShape).toEqual([3, 2, 10]);
    expect(a.fingerprint).toBe(b.fingerprint);
    expect(a.train.values).toBeInstanceOf(Uint8Array);
  });

  it('reads grey images without a channel axis, and arrays by name', async () => {
    write('grey.npz', zipSync({ 'a.npy': npy([30, 10, 6], images(30)), 'b.npy': npy([30], labels(30)) }));
    const dataset = await read('grey.npz', { arrays: { x: 'a', y: 'b' }, classes: ['k', 'l', 'm', 'n'] });
    expect(dataset.sampleShape).toEqual([1, 10, 6]);
    expect(dataset.classes).toEqual(['k', 'l', 'm', 'n']);
  });

  const good = { 'x.npy': npy([40, 3], rows(40)), 'y.npy': npy([40], labels(40)) };
  const holed = rows(40);
  holed[7] = NaN;
  it.each<[string, Record<string, Uint8Array>, object, object]>([
    ['no known names', { 'foo.npy': good['x.npy'] }, {}, { code: 'data/not-found', field: 'data.arrays' }],
    ['a name that is not there', good, { arrays: { x: 'x', y: 'z' } }, { field: 'data.arrays.y' }],
    [
      'fewer labels',
      { ...good, 'y.npy': npy([39], labels(39)) },
      {},
      { code: 'data/count-mismatch', field: 'y' },
    ],
    ['one class only', { ...good, 'y.npy': npy([40], labels(40).fill(-1)) }, {}, { code: 'data/labels' }],
    [
      'measurements',
      { ...good, 'y.npy': npy([40], rows(40).subarray(1, 41)) },
      {},
      { code: 'data/labels', field: 'y' },
    ],
    [
      'label matrices of other values than 0 and 1',
      { ...good, 'y.npy': npy([40, 3], rows(40)) },
      {},
      { code: 'data/labels', field: 'y' },
    ],
    ['a value that is no number', { ...good, 'x.npy': npy([40, 3], holed) }, {}, { code: 'data/not-finite' }],
    [
      'a short array',
      { ...good, 'x.npy': npy([41, 3], rows(40)) },
      {},
      { code: 'data/truncated', field: 'x.npy' },
    ],
    ['a long array', { ...good, 'x.npy': npy([39, 3], rows(40)) }, {}, { code: 'data/too-long' }],
    [
      'pickled objects',
      { ...good, 'x.npy': npy([40, 3], rows(40), { descr: '|O' }) },
      {},
      { code: 'data/format' },
    ],
    ['what is no array', { ...good, 'x.npy': Buffer.from('no array at all') }, {}, { code: 'data/format' }],
    [
      'an absurd shape',
      { ...good, 'x.npy': npy([2 ** 40, 2 ** 20], rows(1)) },
      {},
      { code: 'data/too-large' },
    ],
    ['an empty array', { ...good, 'x.npy': npy([0, 3], rows(0)) }, {}, { code: 'data/empty' }],
    [
      'unclear axes',
      { ...good, 'x.npy': npy([40, 3, 4, 3], new Float32Array(40 * 36)) },
      {},
      { code: 'data/shape', field: 'x' },
    ],
  ])('refuses %s', async (what, files, more, problem) => {
    write(`${what}.npz`, zipSync(files));
    await expectProblem(read(`${what}.npz`, more), { file: `${what}.npz`, ...problem });
  });

  it('refuses training and test arrays that differ', async () => {
    const files = {
      'x_train.npy': good['x.npy'],
      'y_train.npy': good['y.npy'],
      'y_test.npy': npy([8], labels(8)),
    };
    write('differ.npz', zipSync({ ...files, 'x_test.npy': npy([8, 4], new Float32Array(32)) }));
    await expectProblem(read('differ.npz'), { code: 'data/shape-mismatch', field: 'x_test' });
  });

  const python = (code: string, ...args: string[]) =>
    spawnSync('python3', ['-c', code, ...args]).status === 0;
  const hasNumpy = python('import numpy');
  it.skipIf(!hasNumpy)(
    `reads what numpy writes${hasNumpy ? '' : ' (skipped: python3 has no numpy)'}`,
    async () => {
      const code = `
import sys, numpy as n
x = n.arange(24 * 8 * 8 * 3).reshape(24, 8, 8, 3) % 251
for name, save in (("plain", n.savez), ("packed", n.savez_compressed)):
    save(f"{sys.argv[1]}/{name}.npz", x_train=x.astype("uint8"), y_train=n.arange(24) % 3,
         x_test=x[:6].astype("uint8"), y_test=n.arange(6, dtype="uint8").reshape(6, 1) % 3)
n.savez(f"{sys.argv[1]}/double.npz", x=x.reshape(24, -1) / 7, y=n.arange(24, dtype="int32") % 3)
`;
      expect(python(code, folder)).toBe(true);
      const plain = await read('plain.npz', { validation: 0 });
      expect(plain.sampleShape).toEqual([3, 8, 8]);
      // Channel 1 of the pixel in row 2, column 5 of sample 4.
      const at = ((4 * 8 + 2) * 8 + 5) * 3 + 1;
      expect(plain.train.values[4 * 192 + 64 + 2 * 8 + 5]).toBe(at % 251);
      expect((await read('packed.npz', { validation: 0 })).fingerprint).toBe(plain.fingerprint);
      const double = await read('double.npz');
      expect(double.sampleShape).toEqual([192]);
      expect(double.train.values).toBeInstanceOf(Float32Array);
    },
  );
});
