import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadDataset } from '../../../main/engine/data/load.ts';
import { evaluateOnnx } from '../../../main/engine/evaluate/parity.ts';
import { parseModelConfig } from '../../../main/engine/formats/keras/config.ts';
import { importKeras } from '../../../main/engine/formats/keras/import.ts';
import { writeOnnx } from '../../../main/engine/formats/onnx/write.ts';
import { readModel } from '../../../main/engine/formats/read.ts';
import type { TensorData } from '../../../main/engine/network/graph.ts';
import { problemWith } from '../../support/problem.ts';
import { missingData, sharedData } from '../../support/shared-data.ts';
import { difference, normalTensor, runTf, toTf } from '../network/run.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

interface Made {
  readonly class_name: string;
  readonly module?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly inbound_nodes?: unknown;
}

const tensor = (layer: string) => ({
  class_name: '__keras_tensor__',
  config: { keras_history: [layer, 0, 0] },
});
const called = (args: readonly unknown[], kwargs: Readonly<Record<string, unknown>> = {}) => [
  { args, kwargs },
];

/** A functional model of some layers behind an input 'x'; the last one's value is the output. */
function model(sample: readonly number[], layers: Readonly<Record<string, Made>>, stored: Weights = {}) {
  const listed = Object.entries(layers).map(([name, layer]) => ({
    inbound_nodes: called([tensor('x')]),
    ...layer,
    name,
    config: { name, ...layer.config },
  }));
  const last = listed.at(-1)?.name ?? '';
  const config = {
    class_name: 'Functional',
    config: {
      name: 'model',
      layers: [
        {
          ...{ class_name: 'InputLayer', name: 'x', inbound_nodes: [] },
          config: { name: 'x', batch_shape: [null, ...sample] },
        },
        ...listed,
      ],
      input_layers: [['x', 0, 0]],
      output_layers: [[last, 0, 0]],
    },
  };
  const store = {
    find: (path: readonly { name: string }[], weight: string) =>
      stored[`${path.map(({ name }) => name).join('/')}/${weight}`],
    release: () => undefined,
  };
  return importKeras(parseModelConfig(config, 'm.keras'), store, { file: 'm.keras', keras3: true });
}
type Weights = Readonly<Record<string, TensorData>>;

/** A value of TensorFlow's order of axes in ours, and back. */
const ours = (x: tf.Tensor) => (x.rank === 4 ? tf.transpose(x, [0, 3, 1, 2]) : x);
const numbers = (x: tf.Tensor): TensorData => ({ shape: x.shape, data: x.dataSync<'float32'>() });

/** What our network of the model makes of `x`, beside what `expected` makes of it with axes where Keras has them. */
function expectSame(
  { network, weights }: ReturnType<typeof model>,
  sample: readonly number[],
  expected: (x: tf.Tensor) => tf.Tensor,
): void {
  const x = toTf(normalTensor([2, ...sample], 'x'));
  // What a last softmax reads is an output too.
  const wanted = { ...network, outputs: network.outputs.slice(0, 1) };
  const found = runTf(wanted, weights, { x: numbers(ours(x)) });
  expect(difference(found, numbers(ours(expected(x))))).toBeLessThan(1e-5);
}

describe('augmentation in a Keras model', () => {
  const sample = [6, 6, 3];

  it.skipIf(missingData('../cases/42-keras3-augment') !== '')(
    `does nothing once training is over: all answers of Keras come out${missingData('../cases/42-keras3-augment')}`,
    async () => {
      expect(await accuracyOf('42-keras3-augment')).toBe(1);
    },
  );

  it('passes images on, under every name that Keras has for it', () => {
    for (const name of [
      ...['RandomFlip', 'RandomRotation', 'RandomZoom', 'RandomContrast', 'RandomBrightness'],
      ...['RandomTranslation', 'RandomHeight', 'RandomHue', 'RandAugment', 'RandomErasing', 'GaussianNoise'],
      ...['GaussianDropout', 'AlphaDropout', 'SpatialDropout2D', 'ActivityRegularization'],
    ]) {
      expectSame(model(sample, { layer: { class_name: name } }), sample, (x) => x);
    }
  });

  it('cuts the middle, and makes other sizes as TensorFlow does', () => {
    const config = { height: 3, width: 4 };
    const crop = model(sample, { layer: { class_name: 'CenterCrop', config } });
    expectSame(crop, sample, (x) => tf.slice(x, [0, 1, 1, 0], [2, 3, 4, 3]));
    const bilinear = model(sample, { layer: { class_name: 'Resizing', config } });
    expectSame(bilinear, sample, (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [3, 4], false, true));
    const nearest = { ...config, interpolation: 'nearest' };
    expectSame(model(sample, { layer: { class_name: 'Resizing', config: nearest } }), sample, (x) =>
      tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [3, 4], false, true),
    );
    const same = { height: 6, width: 6 };
    expectSame(model(sample, { layer: { class_name: 'RandomCrop', config: same } }), sample, (x) => x);
  });

  it('is refused by name where it is no such thing', () => {
    const refused = (name: string, message: string, config = {}) => {
      expect(() => model(sample, { layer: { class_name: name, config } })).toThrow(
        problemWith({
          ...{ code: 'keras/unsupported', field: 'layer', file: 'm.keras' },
          message: expect.stringContaining(message) as string,
          remedy: expect.stringMatching(/ONNX|Resizing/) as string,
        }),
      );
    };
    refused('AutoContrast', 'changes images in use too');
    refused('RandomGrayscale', 'draws at random in use too');
    refused('RandomCrop', 'depends on the version of Keras', { height: 4, width: 4 });
    refused('Lambda', 'runs Python code');
    refused('SqueezeExcite', 'is of a class that is not supported');
  });
});

describe('keras.ops among the layers of a model', () => {
  const op = (
    class_name: string,
    args: readonly unknown[] = [tensor('x')],
    config: Readonly<Record<string, unknown>> = {},
    kwargs = {},
  ): Made => ({ class_name, module: 'keras.src.ops.numpy', config, inbound_nodes: called(args, kwargs) });
  const image = [4, 6, 3];
  const row = [4, 5];

  it.skipIf(missingData('../cases/44-keras3-ops') !== '')(
    `computes as Keras does: all its answers come out${missingData('../cases/44-keras3-ops')}`,
    async () => {
      expect(await accuracyOf('44-keras3-ops')).toBe(1);
    },
  );

  it('combines values with numbers, whichever comes first', () => {
    const x = tensor('x');
    const one = (name: string, args: unknown[]) => model(image, { y: op(name, args) });
    expectSame(one('TrueDivide', [x, 2]), image, (v) => tf.div(v, 2));
    expectSame(one('Divide', [x, [1, 2, 4]]), image, (v) => tf.div(v, tf.tensor1d([1, 2, 4])));
    expectSame(one('Subtract', [1, x]), image, (v) => tf.sub(1, v));
    expectSame(one('Maximum', [x, 0.25]), image, (v) => tf.maximum(v, 0.25));
    const array = { class_name: '__numpy__', config: { value: [[[1, -1, 2]]], dtype: 'float32' } };
    expectSame(one('Multiply', [array, x]), image, (v) => tf.mul(v, tf.tensor1d([1, -1, 2])));
    expectSame(one('Power', [x, 2]), image, (v) => tf.square(v));
    const named = model(image, { y: op('Add', [], {}, { x1: x, x2: 3 }) });
    expectSame(named, image, (v) => tf.add(v, 3));
    expect(() => one('Add', ['text', x])).toThrow(problemWith({ code: 'keras/unsupported', field: 'y' }));
    expect(() => one('Add', [x, [[1], [1, 2]]])).toThrow(problemWith({ code: 'keras/unsupported' }));
  });

  it('combines two values', () => {
    const two = { a: op('Relu'), b: op('Negative'), y: op('Subtract', [tensor('a'), tensor('b')]) };
    expectSame(model(image, two), image, (v) => tf.add(tf.relu(v), v));
    const product = { t: op('Transpose', undefined, { axes: [0, 2, 1] }) };
    const matmul = { ...product, y: op('Matmul', [tensor('x'), tensor('t')]) };
    expectSame(model(row, matmul), row, (v) => tf.matMul(v, v, false, true));
  });

  it('reduces axes, also those of images that Keras has elsewhere', () => {
    const mean = (axis: unknown, keepdims: boolean, name = 'Mean') =>
      model(image, { y: op(name, undefined, { axis, keepdims }) });
    expectSame(mean([1, 2], false), image, (v) => tf.mean(v, [1, 2]));
    expectSame(mean([1, 2], true), image, (v) => tf.mean(v, [1, 2], true));
    expectSame(mean(1, false), image, (v) => tf.mean(v, 1));
    expectSame(mean(2, false), image, (v) => tf.mean(v, 2));
    expectSame(mean(-1, false, 'Max'), image, (v) => tf.max(v, 3));
    expectSame(mean([1, 3], false, 'Sum'), image, (v) => tf.sum(v, [1, 3]));
    expectSame(model(row, { y: op('Mean', undefined, { axis: 1 }) }), row, (v) => tf.mean(v, 1));
    expect(() => mean(null, false)).toThrow(problemWith({ code: 'keras/unsupported', field: 'y' }));
  });

  it('gives values other shapes', () => {
    const shaped = (name: string, config: Readonly<Record<string, unknown>>, sample = image) =>
      model(sample, { y: op(name, undefined, config) });
    expectSame(shaped('Reshape', { newshape: [-1, 2, 3, 12] }), image, (v) => tf.reshape(v, [2, 2, 3, 12]));
    expectSame(shaped('Reshape', { newshape: [-1, 72] }), image, (v) => tf.reshape(v, [2, 72]));
    expectSame(shaped('Transpose', { axes: [0, 3, 1, 2] }), image, (v) => tf.transpose(v, [0, 3, 1, 2]));
    expectSame(shaped('ExpandDims', { axis: 1 }, row), row, (v) => tf.expandDims(v, 1));
    expectSame(shaped('ExpandDims', { axis: -1 }, row), row, (v) => tf.expandDims(v, -1));
    expectSame(shaped('Squeeze', { axis: [1] }, [1, 5]), [1, 5], (v) => tf.squeeze(v, [1]));
    const joined = { a: op('Relu'), y: op('Concatenate', [[tensor('x'), tensor('a')]], { axis: 2 }) };
    expectSame(model(image, joined), image, (v) => tf.concat([v, tf.relu(v)], 2));
  });

  it('takes parts as Python does', () => {
    const slice = (start: number | null, stop: number | null, step: number | null = null) => ({
      class_name: '__slice__',
      config: { start, stop, step },
    });
    const all = slice(null, null);
    const taken = (...key: unknown[]) => model(image, { y: op('GetItem', [tensor('x'), key]) });
    const ellipsis = { class_name: '__ellipsis__', config: {} };
    expectSame(taken(all, slice(1, -1)), image, (v) => tf.slice(v, [0, 1, 0, 0], [2, 2, 6, 3]));
    expectSame(taken(all, 1), image, (v) => tf.squeeze(tf.slice(v, [0, 1, 0, 0], [2, 1, 6, 3]), [1]));
    expectSame(taken(ellipsis, -1), image, (v) => tf.squeeze(tf.slice(v, [0, 0, 0, 2], [2, 4, 6, 1]), [3]));
    expectSame(taken(all, all, slice(1, 6, 2)), image, (v) =>
      tf.stridedSlice(v, [0, 0, 1], [2, 4, 6], [1, 1, 2]),
    );
    expectSame(model(row, { y: op('GetItem', [tensor('x'), [all, 2, null]]) }), row, (v) =>
      tf.slice(v, [0, 2, 0], [2, 1, 5]),
    );
    expect(() => taken(0)).toThrow(problemWith({ message: expect.stringContaining('batch') as string }));
    expect(() => taken(slice(0, 1))).toThrow(problemWith({ code: 'keras/unsupported', field: 'y' }));
    expect(() => taken(all, slice(null, null, -1))).toThrow(problemWith({ code: 'keras/unsupported' }));
  });

  it('applies functions', () => {
    const nn = (name: string, config = {}) =>
      model(image, { y: { ...op(name, undefined, config), module: 'keras.src.ops.nn' } });
    expectSame(nn('Sigmoid'), image, (v) => tf.sigmoid(v));
    expectSame(nn('Silu'), image, (v) => tf.mul(v, tf.sigmoid(v)));
    expectSame(nn('LeakyRelu', { negative_slope: 0.3 }), image, (v) => tf.leakyRelu(v, 0.3));
    expectSame(nn('LogSigmoid'), image, (v) => tf.logSigmoid(v));
    expectSame(nn('Softmax', { axis: -1 }), image, (v) => tf.softmax(v));
    expectSame(nn('Clip', { x_min: -0.5, x_max: 0.5 }), image, (v) => tf.clipByValue(v, -0.5, 0.5));
    expectSame(nn('Square'), image, (v) => tf.square(v));
    expectSame(nn('Gelu'), image, (v) => {
      const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(v, tf.mul(0.044715, tf.pow(v, 3))));
      return tf.mul(tf.mul(0.5, v), tf.add(1, tf.tanh(inner)));
    });
    expect(() => nn('Einsum')).toThrow(
      problemWith({
        ...{ code: 'keras/unsupported', field: 'y' },
        remedy: expect.stringContaining('ONNX') as string,
      }),
    );
  });

  it('reads the functions of TensorFlow that Keras 2 writes', () => {
    const lambda = (name: string, node: unknown): Made => ({
      ...{ class_name: 'TFOpLambda', config: { function: name }, inbound_nodes: [node] },
    });
    const scaled = model(image, { y: lambda('math.multiply', [['x', 0, 0, { y: 0.5, name: null }]]) });
    expectSame(scaled, image, (v) => tf.mul(v, 0.5));
    const from = lambda('math.subtract', [['_CONSTANT_VALUE', -1, 1, { y: ['x', 0, 0], name: null }]]);
    expectSame(model(image, { y: from }), image, (v) => tf.sub(1, v));
    const two = { a: lambda('nn.relu6', [['x', 0, 0, {}]]) };
    const sum = lambda('__operators__.add', [['x', 0, 0, { y: ['a', 0, 0], name: null }]]);
    expectSame(model(image, { ...two, y: sum }), image, (v) => tf.add(v, tf.relu6(v)));
    const mean = lambda('math.reduce_mean', [['x', 0, 0, { axis: [1, 2], keepdims: true }]]);
    expectSame(model(image, { y: mean }), image, (v) => tf.mean(v, [1, 2], true));
    const concat = lambda('concat', [
      [
        ['x', 0, 0, { axis: 3 }],
        ['a', 0, 0, { axis: 3 }],
      ],
    ]);
    expectSame(model(image, { ...two, y: concat }), image, (v) => tf.concat([v, tf.relu6(v)], 3));
    const cut: Made = {
      class_name: 'SlicingOpLambda',
      config: { function: '__operators__.getitem' },
      inbound_nodes: [
        [
          [
            ...['x', 0, 0],
            {
              slice_spec: [
                { start: null, stop: null, step: null },
                { start: 1, stop: 3, step: null },
              ],
            },
          ],
        ],
      ],
    };
    expectSame(model(image, { y: cut }), image, (v) => tf.slice(v, [0, 1, 0, 0], [2, 2, 6, 3]));
  });
});

describe('normalisation layers of Keras', () => {
  const image = [3, 4, 6];
  const weights = (...names: string[]): Weights =>
    Object.fromEntries(names.map((name) => [`norm/${name}`, normalTensor([6], name)]));
  const of = (name: string) => toTf(normalTensor([6], name));
  const normalised = (x: tf.Tensor, axes: number[], epsilon: number) => {
    const { mean, variance } = tf.moments(x, axes, true);
    return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)));
  };
  const affine = (x: tf.Tensor) => tf.add(tf.mul(x, of('gamma')), of('beta'));

  it('GroupNormalization, over images, tokens and features', () => {
    const layer = (groups: number) => ({
      norm: { class_name: 'GroupNormalization', config: { groups, epsilon: 0.01, axis: -1 } },
    });
    const stored = weights('gamma', 'beta');
    const groups = 3;
    expectSame(model(image, layer(groups), stored), image, (x) =>
      affine(tf.reshape(normalised(tf.reshape(x, [2, 3, 4, groups, 2]), [1, 2, 4], 0.01), [2, 3, 4, 6])),
    );
    expectSame(model([5, 6], layer(groups), stored), [5, 6], (x) =>
      affine(tf.reshape(normalised(tf.reshape(x, [2, 5, groups, 2]), [1, 3], 0.01), [2, 5, 6])),
    );
    expectSame(model([6], layer(groups), stored), [6], (x) =>
      affine(tf.reshape(normalised(tf.reshape(x, [2, groups, 2]), [2], 0.01), [2, 6])),
    );
    expectSame(model(image, layer(-1), stored), image, (x) => affine(normalised(x, [1, 2], 0.01)));
    const without = { norm: { class_name: 'GroupNormalization', config: { groups, scale: false } } };
    expectSame(model([6], without, weights('beta')), [6], (x) =>
      tf.add(tf.reshape(normalised(tf.reshape(x, [2, groups, 2]), [2], 0.001), [2, 6]), of('beta')),
    );
  });

  it('LayerNormalization over several last axes', () => {
    const gamma = normalTensor([3, 4, 6], 'gamma');
    const beta = normalTensor([3, 4, 6], 'beta');
    const layer = { norm: { class_name: 'LayerNormalization', config: { axis: [1, 2, 3] } } };
    expectSame(model(image, layer, { 'norm/gamma': gamma, 'norm/beta': beta }), image, (x) =>
      tf.add(tf.mul(normalised(x, [1, 2, 3], 0.001), toTf(gamma)), toTf(beta)),
    );
    const middle = { norm: { class_name: 'LayerNormalization', config: { axis: [1] } } };
    expect(() => model(image, middle, weights('gamma'))).toThrow(problemWith({ field: 'norm' }));
  });

  it('RMSNormalization and UnitNormalization', () => {
    const rms = { norm: { class_name: 'RMSNormalization', config: { axis: -1, epsilon: 1e-3 } } };
    for (const sample of [image, [5, 6], [6]]) {
      expectSame(model(sample, rms, weights('scale')), sample, (x) => {
        const size = tf.sqrt(tf.add(tf.mean(tf.square(x), -1, true), 1e-3));
        return tf.mul(tf.div(x, size), of('scale'));
      });
      expectSame(model(sample, { norm: { class_name: 'UnitNormalization' } }), sample, (x) =>
        tf.div(x, tf.norm(x, 'euclidean', -1, true)),
      );
    }
    const { network } = model(image, rms, weights('scale'));
    expect(Object.values(network.params).filter(({ role }) => role === 'scale')).toHaveLength(1);
  });

  it('SpectralNormalization is the layer inside, with the numbers that it left there', () => {
    const kernel = normalTensor([6, 2], 'kernel');
    const inner = { class_name: 'Dense', config: { name: 'inner', units: 2, use_bias: false } };
    const layer = { norm: { class_name: 'SpectralNormalization', config: { layer: inner } } };
    const stored = { 'norm/inner/kernel': kernel };
    expectSame(model([6], layer, stored), [6], (x) => tf.matMul(x, toTf(kernel)));
  });
});

/** Share of a case's samples for which its model answers as Keras did. */
async function accuracyOf(name: string): Promise<number> {
  const folder = sharedData(`../cases/${name}`);
  const { network, weights } = await readModel('m.keras', folder);
  const dataset = await loadDataset(
    { kind: 'npz', path: 'data.npz', layout: 'auto', normalize: 'none', validation: 0, test: 0.5 },
    { seed: 1, baseFolder: folder },
  );
  const { accuracy } = await evaluateOnnx(writeOnnx(network, weights), dataset, {});
  return accuracy;
}
