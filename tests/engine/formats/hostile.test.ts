import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { File, type Group, ready } from 'h5wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { EspalierError } from '../../../main/contract/errors.ts';
import { readModel } from '../../../main/engine/formats/read.ts';
import { writeSafetensors } from '../../../main/engine/formats/safetensors/write.ts';
import { readTensors } from '../../../main/engine/formats/weights/read.ts';
import { Random } from '../../../main/engine/random.ts';
import { temporaryFolder } from '../../support/folder.ts';

/** Damaged copies of each kind of file. */
const ROUNDS = 500;
/** No file of a few kilobytes may take longer than this. */
const SECONDS = 2;
/** Nor more memory than this, beyond what the process has anyway. */
const MEGABYTES = 400;

const folder = temporaryFolder();

/** A copy with bits flipped, bytes overwritten, a part cut off, taken out or repeated. */
function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  const at = () => Math.floor(random.float() * bytes.length);
  const kind = Math.floor(random.float() * 6);
  if (kind === 0) return bytes.slice(0, at());
  if (kind === 1) {
    const [from, to] = [at(), at()].sort((a, b) => a - b) as [number, number];
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  }
  if (kind === 2) {
    const [from, to] = [at(), at()].sort((a, b) => a - b) as [number, number];
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  }
  const copy = bytes.slice();
  const times = 1 + Math.floor(random.float() * 8);
  for (let i = 0; i < times; i++) {
    const place = at();
    const value = [0, 255, 127, 128, 1][Math.floor(random.float() * 5)] ?? 0;
    copy[place] = kind === 3 ? value : (copy[place] ?? 0) ^ (1 << Math.floor(random.float() * 8));
  }
  return copy;
}

const layers = [
  {
    class_name: 'InputLayer',
    config: { batch_input_shape: [null, 6, 6, 2], name: 'x' },
    name: 'x',
    inbound_nodes: [],
  },
  {
    class_name: 'Conv2D',
    config: {
      name: 'c',
      filters: 3,
      kernel_size: [3, 3],
      strides: [1, 1],
      padding: 'same',
      activation: 'relu',
      use_bias: true,
    },
    name: 'c',
    inbound_nodes: [[['x', 0, 0, {}]]],
  },
  { class_name: 'Flatten', config: { name: 'f' }, name: 'f', inbound_nodes: [[['c', 0, 0, {}]]] },
  {
    class_name: 'Dense',
    config: { name: 'd', units: 4, activation: 'softmax' },
    name: 'd',
    inbound_nodes: [[['f', 0, 0, {}]]],
  },
];
const config = {
  class_name: 'Functional',
  config: { name: 'm', layers, input_layers: [['x', 0, 0]], output_layers: [['d', 0, 0]] },
};
const weights: Record<string, Record<string, number[]>> = {
  c: { kernel: [3, 3, 2, 3], bias: [3] },
  d: { kernel: [108, 4], bias: [4] },
};
const numbers = (shape: number[]) =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i));

/** An HDF5 file that this fills. */
async function hdf5(fill: (file: File) => void): Promise<Uint8Array> {
  const { FS } = await ready;
  const file = new File('/made.h5', 'w');
  fill(file);
  file.close();
  return FS.readFile('/made.h5').slice();
}

const seeds: Record<string, { name: string; bytes: Uint8Array }[]> = {};

beforeAll(async () => {
  const h5 = await hdf5((file) => {
    file.create_attribute('model_config', JSON.stringify(config));
    file.create_attribute('keras_version', '2.15.0');
    const all = file.create_group('model_weights');
    for (const [layer, stored] of Object.entries(weights)) {
      const group: Group = all.create_group(layer);
      group.create_attribute(
        'weight_names',
        Object.keys(stored).map((name) => `${layer}/${name}:0`),
      );
      const inner = group.create_group(layer);
      for (const [name, shape] of Object.entries(stored)) {
        inner.create_dataset({ name: `${name}:0`, data: numbers(shape), shape });
      }
    }
  });
  const inArchive = await hdf5((file) => {
    const all = file.create_group('layers');
    for (const [name, layer] of [
      ['conv2d', 'c'],
      ['dense', 'd'],
    ] as const) {
      const vars = all.create_group(name).create_group('vars');
      Object.values(weights[layer] ?? {}).forEach((shape, i) =>
        vars.create_dataset({ name: String(i), data: numbers(shape), shape }),
      );
    }
  });
  const tensors = Object.entries(weights).flatMap(([layer, stored]) =>
    Object.entries(stored).map(([name, shape]) => ({ name: `${layer}/${name}`, shape })),
  );
  const manifest = tensors.map(({ name, shape }) => ({ name, shape, dtype: 'float32' }));
  const tfjs = {
    modelTopology: { model_config: config },
    weightsManifest: [{ paths: ['w.bin'], weights: manifest }],
  };
  const graph = {
    modelTopology: {
      node: [
        {
          name: 'x',
          op: 'Placeholder',
          attr: { shape: { shape: { dim: [{ size: '-1' }, { size: '3' }] } } },
        },
        { name: 'w', op: 'Const' },
        { name: 'p', op: 'MatMul', input: ['x', 'w'] },
        { name: 'y', op: 'Softmax', input: ['p'] },
      ],
    },
    weightsManifest: [{ paths: ['w.bin'], weights: [{ name: 'w', shape: [3, 2], dtype: 'float32' }] }],
  };
  const bin = Buffer.concat(tensors.map(({ shape }) => new Uint8Array(numbers(shape).buffer)));
  const stored = writeSafetensors(
    tensors.map(({ name, shape }) => ({ name, shape, dtype: 'F32' as const, data: numbers(shape) })),
  );
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }".padEnd(117) + '\n';
  const npy = Buffer.concat([
    Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]),
    strToU8(header),
    new Uint8Array(8),
  ]);
  Object.assign(seeds, {
    'Keras .h5': [{ name: 'm.h5', bytes: h5 }],
    'Keras .keras': [
      {
        name: 'm.keras',
        bytes: zipSync({
          'config.json': strToU8(JSON.stringify(config)),
          'metadata.json': strToU8('{"keras_version":"3.1.0"}'),
          'model.weights.h5': inArchive,
        }),
      },
    ],
    'TensorFlow.js layers': [
      { name: 'model.json', bytes: strToU8(JSON.stringify(tfjs)) },
      { name: 'w.bin', bytes: bin },
    ],
    'TensorFlow.js graph': [
      { name: 'model.json', bytes: strToU8(JSON.stringify(graph)) },
      { name: 'w.bin', bytes: new Uint8Array(numbers([3, 2]).buffer) },
    ],
    safetensors: [{ name: 'w.safetensors', bytes: stored }],
    npz: [{ name: 'w.npz', bytes: zipSync({ 'a.npy': npy, 'b.npy': npy }) }],
  });
});

describe('damaged model files', () => {
  const kinds = [
    'Keras .h5',
    'Keras .keras',
    'TensorFlow.js layers',
    'TensorFlow.js graph',
    'safetensors',
    'npz',
  ];
  for (const kind of kinds) {
    it(
      `${kind}: an error that names the place, in bounded time and memory`,
      { timeout: 120_000 },
      async () => {
        const files = seeds[kind] ?? [];
        const [main] = files;
        const here = join(folder, kind.replace(/\W+/g, '-'));
        await mkdir(here, { recursive: true });
        for (const { name, bytes } of files) await writeFile(join(here, name), bytes);
        const named = `./${main?.name ?? ''}`;
        const read = () =>
          kind === 'safetensors' || kind === 'npz' ? readTensors(named, here) : readModel(named, here);
        await read();
        const before = process.memoryUsage().rss;
        const random = Random.from(1, kind);
        let [whole, refused] = [0, 0];
        for (let round = 0; round < ROUNDS; round++) {
          const which = files[Math.floor(random.float() * files.length)];
          if (which === undefined) continue;
          const bytes = damaged(which.bytes, random);
          await writeFile(join(here, which.name), bytes);
          const start = performance.now();
          try {
            await read();
            whole++;
          } catch (error) {
            if (!(error instanceof EspalierError)) {
              throw new Error(`round ${round} of ${kind}: ${String(error)}`, { cause: error });
            }
            expect(error.problem.kind).toBe('input');
            expect(error.problem.file ?? error.problem.field, JSON.stringify(error.problem)).toBeTruthy();
            refused++;
          }
          expect(performance.now() - start, `round ${round}`).toBeLessThan(SECONDS * 1000);
          await writeFile(join(here, which.name), which.bytes);
        }
        expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(MEGABYTES);
        expect(refused).toBeGreaterThan(ROUNDS / 5);
        console.log(`${kind}: ${refused} refused, ${whole} still whole or changed in their numbers only`);
        expect((await readFile(join(here, main?.name ?? ''))).length).toBe(main?.bytes.length);
      },
    );
  }
});
