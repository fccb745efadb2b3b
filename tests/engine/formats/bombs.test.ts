import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { readModel } from '../../../main/engine/formats/read.ts';
import { readTensors } from '../../../main/engine/formats/weights/read.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';
import { ints, model } from './onnx-models.ts';

const folder = temporaryFolder();
const base = join(folder, 'models');

/** A manifest of TensorFlow.js with these files. */
const tfjs = (paths: string[]) =>
  JSON.stringify({
    modelTopology: { node: [] },
    weightsManifest: [{ paths, weights: [{ name: 'w', shape: [1000], dtype: 'float32' }] }],
  });

/** An .espalier archive with this header and no sections. */
function archive(header: string): Uint8Array {
  const packed = zstdCompressSync(strToU8(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(packed.length);
  return Buffer.concat([strToU8('ESPALIER'), length, packed]);
}

const network = { name: 'n', inputs: [], outputs: [], nodes: [], params: {} };
const sections = ['masks', 'values', 'scales'].map((name) => ({ name, packed: 0, bytes: 0 }));
const zeros = { name: 'w', shape: [20_000, 20_000], mask: 'gaps', maskBytes: 0, stored: 0, type: 'float32' };

/** Each file, and what is said of it. */
const files: Record<
  string,
  { bytes: string | Uint8Array; problem: object; more?: Record<string, Uint8Array> }
> = {
  'outside.json': {
    bytes: tfjs(['../secret.bin']),
    problem: { code: 'model/outside', field: '../secret.bin' },
  },
  'absolute.json': {
    bytes: tfjs(['/etc/hostname']),
    problem: { code: 'model/outside', field: '/etc/hostname' },
  },
  'repeated.json': { bytes: tfjs(['w.bin', 'w.bin']), problem: { code: 'tfjs/manifest', field: 'w.bin' } },
  'nested.json': { bytes: `{"a":${'['.repeat(200_000)}`, problem: { code: 'model/json' } },
  'bomb.keras': {
    // 300 MB of nothing in 300 kB, where a text is due.
    bytes: zipSync({ 'config.json': new Uint8Array(300 * 2 ** 20) }, { level: 9 }),
    problem: { code: 'data/too-large', field: 'config.json' },
  },
  'header.espalier': {
    bytes: archive(' '.repeat(100 * 2 ** 20)),
    problem: { code: 'archive/damaged', field: 'header' },
  },
  'zeros.espalier': {
    bytes: archive(JSON.stringify({ version: 1, metadata: {}, network, sections, tensors: [zeros] })),
    problem: { code: 'archive/damaged' },
  },
  'resized.onnx': {
    bytes: model([['Resize', ['x', '', '', 's'], 'y']], {
      input: ['n', 1, 2 ** 16, 2 ** 16],
      tensors: [ints('s', [1, 1, 2 ** 16, 2 ** 16])],
    }),
    problem: { code: 'onnx/unsupported', field: 'node0' },
  },
  'ones.onnx': {
    bytes: model(
      [
        ['Tile', ['s', 'times'], 'many'],
        ['Reshape', ['x', 'many'], 'y'],
      ],
      { tensors: [ints('s', [1]), ints('times', [2 ** 40])] },
    ),
    problem: { code: 'onnx/unsupported', field: 'node0' },
  },
};

beforeAll(async () => {
  await mkdir(base, { recursive: true });
  await writeFile(join(base, 'w.bin'), new Uint8Array(4000));
  await writeFile(join(folder, 'secret.bin'), new Uint8Array(4000));
  for (const [name, { bytes }] of Object.entries(files)) await writeFile(join(base, name), bytes);
});

describe('files that are made to do harm', () => {
  for (const [name, { problem }] of Object.entries(files)) {
    it(`${name} is refused at its place and costs no memory`, { timeout: 30_000 }, async () => {
      const before = process.resourceUsage().maxRSS;
      await expect(readModel(name, base)).rejects.toEqual(
        problemWith({ kind: 'input', file: name, ...problem }),
      );
      expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(700);
    });
  }

  it('bombs among weights, too', async () => {
    const npy = new Uint8Array(100 * 2 ** 20);
    await writeFile(join(base, 'bomb.npz'), zipSync({ 'a.npy': npy }, { level: 9 }));
    await expect(readTensors('bomb.npz', base)).rejects.toEqual(
      problemWith({ kind: 'input', file: 'bomb.npz' }),
    );
  });
});
