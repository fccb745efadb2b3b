import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { strFromU8, strToU8, zipSync } from 'fflate';
import { File, type Group, ready } from 'h5wasm';
import { writeArchive } from '../../main/engine/formats/archive/write.ts';
import { writeOnnx } from '../../main/engine/formats/onnx/write.ts';
import { writeSafetensors } from '../../main/engine/formats/safetensors/write.ts';
import { NetworkBuilder } from '../../main/engine/network/builder.ts';
import { initialize } from '../../main/engine/network/initialize.ts';
import { Random } from '../../main/engine/base/random.ts';
import { timmViT } from '../engine/formats/exported/transformers.ts';
import { withExternal } from '../engine/formats/external-model.ts';
import { damagedBytes, damagedJson } from './mutate.ts';

/** A file to damage. */
export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Damages what the file holds inside its packing; the packing itself stays whole. */
  readonly inside?: (random: Random) => Uint8Array;
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

const json = (value: unknown): Uint8Array => strToU8(JSON.stringify(value));

/** A file that is JSON as a whole. */
export const jsonSeed = (name: string, value: unknown): Seed => ({
  name,
  bytes: json(value),
  inside: (random) => json(damagedJson(value, random)),
});

/** A NumPy array as a file: version 1.0, in C order. */
export function npyOf(type: string, shape: readonly number[], bytes: Uint8Array): Uint8Array {
  const header =
    `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join()},), }`.padEnd(117) + '\n';
  const start = [0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0];
  return Buffer.concat([Buffer.from(start), strToU8(header), bytes]);
}

/** A zip with one of its entries damaged, by its bytes or by what it says. */
export const zipSeed = (name: string, entries: Record<string, Uint8Array>): Seed => ({
  name,
  bytes: zipSync(entries),
  inside(random) {
    const names = Object.keys(entries);
    const which = names[random.int(names.length)] ?? '';
    const bytes = entries[which] ?? new Uint8Array();
    const damaged =
      which.endsWith('.json') && random.int(4) > 0
        ? json(damagedJson(JSON.parse(strFromU8(bytes)), random))
        : damagedBytes(bytes, random);
    return zipSync({ ...entries, [which]: damaged });
  },
});

/** A length, a JSON header of that length, and numbers: safetensors. */
export function headedSeed(name: string, bytes: Uint8Array): Seed {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header: unknown = JSON.parse(strFromU8(bytes.subarray(8, 8 + length)));
  return {
    name,
    bytes,
    inside(random) {
      const text = json(damagedJson(header, random));
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(text.length));
      return Buffer.concat([size, text, bytes.subarray(8 + length)]);
    },
  };
}

/** An archive of ours with its header or one of its sections damaged before they are packed. */
function archiveSeed(name: string, bytes: Uint8Array): Seed {
  const length = Buffer.from(bytes).readUInt32LE(8);
  type Header = { sections: { name: string; packed: number; bytes: number }[] };
  const header = JSON.parse(zstdDecompressSync(bytes.subarray(12, 12 + length)).toString()) as Header;
  let at = 12 + length;
  const sections = header.sections.map(({ packed }) => {
    at += packed;
    return zstdDecompressSync(bytes.subarray(at - packed, at));
  });
  return {
    name,
    bytes,
    inside(random) {
      const which = random.int(2 * sections.length);
      const parts = sections.map((part, i) => (i === which ? damagedBytes(part, random) : part));
      const packed = parts.map((part) => zstdCompressSync(part));
      const whole = {
        ...header,
        sections: header.sections.map((section, i) => ({
          ...section,
          packed: packed[i]?.length,
          bytes: parts[i]?.length,
        })),
      };
      const text = zstdCompressSync(json(which < sections.length ? whole : damagedJson(whole, random)));
      const prefix = Buffer.from(bytes.subarray(0, 12));
      prefix.writeUInt32LE(text.length, 8);
      return Buffer.concat([prefix, text, ...packed]);
    },
  };
}

/** Small files of every kind of model and weights that can be read; the first of a kind is the one that is opened. */
export async function seedFiles(): Promise<Record<string, readonly Seed[]>> {
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
  const npy = npyOf('<f4', [2], new Uint8Array(8));
  const network = new NetworkBuilder('n', [2, 6, 6])
    .conv('c', 3)
    .batchNorm('b')
    .relu()
    .flatten()
    .dense('d', 4)
    .build();
  const made = initialize(network, Random.from(1, 'seed'));
  const masks = new Map([['d.weight', Uint8Array.from({ length: 432 }, (_, i) => Number(i % 7 === 0))]]);
  return {
    'Keras .h5': [{ name: 'm.h5', bytes: h5 }],
    'Keras .keras': [
      zipSeed('m.keras', {
        'config.json': json(config),
        'metadata.json': strToU8('{"keras_version":"3.1.0"}'),
        'model.weights.h5': inArchive,
      }),
    ],
    'TensorFlow.js layers': [jsonSeed('model.json', tfjs), { name: 'w.bin', bytes: bin }],
    'TensorFlow.js graph': [
      jsonSeed('model.json', graph),
      { name: 'w.bin', bytes: new Uint8Array(numbers([3, 2]).buffer) },
    ],
    '.espalier': [archiveSeed('m.espalier', writeArchive(network, made, { masks, metadata: { a: 'b' } }))],
    ONNX: [{ name: 'm.onnx', bytes: writeOnnx(network, made) }],
    'ONNX with data beside it': [
      { name: 'm.onnx', bytes: withExternal('w.bin') },
      { name: 'w.bin', bytes: new Uint8Array(numbers([8]).buffer) },
    ],
    'ONNX of a transformer': [{ name: 'm.onnx', bytes: timmViT() }],
    safetensors: [headedSeed('w.safetensors', stored)],
    npz: [zipSeed('w.npz', { 'a.npy': npy, 'b.npy': npy })],
  };
}
