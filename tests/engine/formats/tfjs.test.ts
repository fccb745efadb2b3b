import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../../main/engine/formats/read.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';
import { missingData, sharedData } from '../../support/shared-data.ts';
import { answers, largest, parkMiller } from './model-files.ts';

/** What TensorFlow.js 4.22 answers to numbers of `parkMiller`; the last output of each model. */
const theirs: { file: string; shape: number[]; output: number[] }[] = [
  {
    file: 'tfjs-layers/nsfwjs-mobilenet-v2/model.json',
    shape: [1, 224, 224, 3],
    output: [0.1130352, 0.008777871, 0.8663915, 0.01015763, 0.001637772],
  },
  {
    file: 'tfjs-layers/cnn-explainer-tinyvgg',
    shape: [1, 64, 64, 3],
    output: [
      0.000007705788, 0.0006051931, 0.000004483034, 0.00004382721, 0.00003924066, 0.9428899, 0.000002296184,
      0.05639267, 0.000005448377, 0.000009147219,
    ],
  },
  {
    file: 'tfjs-layers/wit-iris-mlp/model.json',
    shape: [1, 4],
    output: [0.05718219, 0.6512308, 0.2915871],
  },
  {
    file: 'tfjs-layers/tensorspace-lenet-mnist/mnist.json',
    shape: [1, 28, 28, 1],
    output: [
      0.004538574, 0.00005922336, 0.1079191, 0.001296531, 0.0001115688, 0.001927049, 0.00006218701,
      0.007701531, 0.8341215, 0.04226272,
    ],
  },
  {
    file: 'tfjs-layers/tensorspace-keras-mnist/model.json',
    shape: [1, 28, 28],
    output: [
      0.7186111, 0.008102097, 0.00146586, 0.0008581787, 0.0005072261, 0.0008528632, 0.002262105, 0.00214026,
      0.2148106, 0.05038966,
    ],
  },
  {
    file: 'tfjs-graph/tensorspace-mnist/model.json',
    shape: [1, 28, 28, 1],
    output: [
      0.0005251005, 0.000001441967, 0.001655691, 0.0001612415, 0.0003617159, 0.0002483714, 0.000526228,
      0.000002870882, 0.9962663, 0.0002510507,
    ],
  },
];

interface Sample {
  model: { modelTopology: unknown; weightsManifest: { paths: string[]; weights: Weight[] }[] };
  weights: string;
  shape: number[];
  input: number[];
  output: number[];
}
interface Weight {
  name: string;
  shape: number[];
  dtype: string;
  quantization?: { dtype: string; min?: number; scale?: number };
}

/** Models that TensorFlow.js built and answered for: most kinds of layers, branches, a model in a model, a shared layer. */
const samples = JSON.parse(
  readFileSync(new URL('./fixtures/tfjs-layers.json', import.meta.url), 'utf8'),
) as Record<'picture' | 'row', Sample>;

const folder = temporaryFolder();

async function place(name: string, model: unknown, weights: Uint8Array): Promise<string> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'model.json'), JSON.stringify(model));
  await writeFile(join(folder, name, 'weights.bin'), weights);
  return name;
}

describe(`other people's TensorFlow.js models${missingData('models/tfjs-layers')}`, () => {
  for (const { file, shape, output } of theirs) {
    it.skipIf(missingData(`models/${file}`) !== '')(`${file} answers as in TensorFlow.js`, async () => {
      const { network, weights, format } = await readModel(file, sharedData('models'));
      expect(format.id).toBe('tfjs');
      const size = shape.reduce((product, dim) => product * dim, 1);
      const found = await answers(network, weights, parkMiller(size), shape);
      expect(largest(found[network.outputs.at(-1) ?? ''] ?? [], output)).toBeLessThan(1e-5);
    });
  }
});

describe('layers of TensorFlow.js and Keras', () => {
  for (const [name, sample] of Object.entries(samples)) {
    it(`${name}: answers as in TensorFlow.js`, async () => {
      await place(name, sample.model, Buffer.from(sample.weights, 'base64'));
      const { network, weights } = await readModel(name, folder);
      const found = await answers(network, weights, Float32Array.from(sample.input), sample.shape);
      expect(largest(found[network.outputs.at(-1) ?? ''] ?? [], sample.output)).toBeLessThan(1e-6);
    });
  }

  it('uses one set of numbers for a layer that is used twice', async () => {
    await place('shared', samples.picture.model, Buffer.from(samples.picture.weights, 'base64'));
    const { network } = await readModel('shared', folder);
    const users = network.nodes.filter((node) => Object.values(node.params).includes('shared/kernel'));
    expect(users).toHaveLength(2);
  });
});

describe('stored numbers', () => {
  const dense = (weight: Omit<Weight, 'name'>) => ({
    modelTopology: {
      model_config: {
        class_name: 'Sequential',
        config: {
          name: 'm',
          layers: [
            {
              class_name: 'Dense',
              config: { name: 'd', units: 2, use_bias: false, batch_input_shape: [null, 2] },
            },
          ],
        },
      },
    },
    weightsManifest: [{ paths: ['weights.bin'], weights: [{ name: 'd/kernel', ...weight }] }],
  });
  const kernel = async (model: unknown, bytes: Uint8Array) => {
    await place('numbers', model, bytes);
    return [...((await readModel('numbers', folder)).weights.get('d/kernel')?.data ?? [])];
  };

  it('unpacks 8 and 16 bits and half precision', async () => {
    const shape = [2, 2];
    const eight = { shape, dtype: 'float32', quantization: { dtype: 'uint8', min: -1, scale: 0.5 } };
    expect(await kernel(dense(eight), Uint8Array.of(0, 1, 2, 255))).toEqual([-1, 0, -0.5, 126.5]);
    const sixteen = { shape, dtype: 'float32', quantization: { dtype: 'uint16', min: 0, scale: 2 } };
    expect(await kernel(dense(sixteen), Uint8Array.of(1, 0, 0, 1, 2, 0, 3, 0))).toEqual([2, 4, 512, 6]);
    const half = { shape, dtype: 'float32', quantization: { dtype: 'float16' } };
    expect(await kernel(dense(half), Uint8Array.of(0, 60, 0, 192, 0, 0, 0, 56))).toEqual([1, 0, -2, 0.5]);
  });

  it('names what is wrong with shards and manifests', async () => {
    const floats = { shape: [2, 2], dtype: 'float32' };
    await expect(kernel(dense(floats), new Uint8Array(15))).rejects.toEqual(
      problemWith({ code: 'tfjs/weights', field: 'd/kernel' }),
    );
    await expect(kernel(dense({ ...floats, shape: [2 ** 40, 2 ** 40] }), new Uint8Array(16))).rejects.toEqual(
      problemWith({ field: 'd/kernel' }),
    );
    await expect(kernel(dense({ ...floats, shape: [4] }), new Uint8Array(16))).rejects.toThrow(
      /'d' \(Dense\) needs a 'kernel' of shape \[2, any\]/,
    );
    const outside = dense(floats);
    outside.weightsManifest[0]?.paths.splice(0, 1, '../../secret');
    await expect(kernel(outside, new Uint8Array(16))).rejects.toEqual(
      problemWith({ code: 'model/outside', field: '../../secret' }),
    );
  });

  it('names the layer that is not supported, and what is', async () => {
    const model = dense({ shape: [2, 2], dtype: 'float32' });
    const [layer] = model.modelTopology.model_config.config.layers;
    if (layer !== undefined) layer.class_name = 'LSTM';
    await expect(kernel(model, new Uint8Array(16))).rejects.toEqual(
      problemWith({
        code: 'keras/unsupported',
        field: 'd',
        message: expect.stringContaining('LSTM') as string,
        remedy: expect.stringContaining('Conv2D') as string,
      }),
    );
  });
});

describe('graphs', () => {
  const node = (name: string, op: string, input: string[] = [], attr: object = {}) => ({
    name,
    op,
    input,
    attr,
  });
  const shape = { shape: { shape: { dim: [{ size: '-1' }, { size: '3' }] } } };
  const graph = (nodes: object[]) => ({ modelTopology: { node: nodes }, weightsManifest: [] });

  it('names unknown operations, rings and missing nodes', async () => {
    const cases: [object[], RegExp][] = [
      [[node('x', 'Placeholder', [], shape), node('y', 'FFT', ['x'])], /'y' \(FFT\) is of a type/],
      [[node('a', 'Relu', ['b']), node('b', 'Relu', ['a'])], /in a ring/],
      [[node('a', 'Relu', ['b'])], /'b', which is not in the graph/],
      [[node('x', 'Placeholder'), node('y', 'Relu', ['x'])], /open shape/],
      [[node('w', 'Const')], /no numbers among the weights/],
    ];
    for (const [nodes, message] of cases) {
      await place('graph', graph(nodes), new Uint8Array());
      await expect(readModel('graph', folder)).rejects.toThrow(message);
    }
  });

  it('reads a chain that is longer than the stack is deep', async () => {
    const length = 20_000;
    const chain = Array.from({ length }, (_, i) => node(`r${i}`, 'Relu', [i === 0 ? 'x' : `r${i - 1}`]));
    await place('chain', graph([node('x', 'Placeholder', [], shape), ...chain.reverse()]), new Uint8Array());
    expect((await readModel('chain', folder)).network.nodes).toHaveLength(length);
  });
});
