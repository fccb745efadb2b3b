import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { strFromU8, unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseModelConfig } from '../../../main/engine/formats/keras/config.ts';
import { Hdf5 } from '../../../main/engine/formats/keras/hdf5.ts';
import { importKeras } from '../../../main/engine/formats/keras/import.ts';
import { readModel } from '../../../main/engine/formats/read.ts';
import type { TensorData } from '../../../main/engine/network/graph.ts';
import { missingData, sharedData } from '../../support/shared-data.ts';
import { difference, normalTensor, runTf, toTf } from '../network/run.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

interface Layer {
  readonly class_name: string;
  readonly config: Record<string, unknown> & { name: string };
  readonly inbound_nodes?: [string, number, number][][];
}

/** A layer of Keras by its definition, on values with their channels last. */
type Compute = (inputs: tf.Tensor[], weights: tf.Tensor[], config: Layer['config']) => tf.Tensor;

const functions: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  linear: (x) => x,
  relu: (x) => tf.maximum(x, 0),
  softmax: (x) => tf.div(tf.exp(x), tf.sum(tf.exp(x), -1, true)),
  mish: (x) => tf.mul(x, tf.tanh(tf.log(tf.add(tf.exp(x), 1)))),
};

const activated = (x: tf.Tensor, config: Layer['config']) => {
  const name = config['activation'] ?? 'linear';
  return functions[name as string]?.(x) ?? x;
};
const plus = (x: tf.Tensor, bias: tf.Tensor | undefined) => (bias === undefined ? x : tf.add(x, bias));
const pad = (config: Layer['config']) => config['padding'] as 'same' | 'valid';
const strides = (config: Layer['config']) => config['strides'] as [number, number];

const computes: Readonly<Record<string, Compute>> = {
  Conv2D: ([x], [kernel, bias], config) =>
    activated(
      plus(tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, strides(config), pad(config)), bias),
      config,
    ),
  SeparableConv2D: ([x], [depthwise, pointwise, bias], config) =>
    activated(
      plus(
        tf.separableConv2d(
          x as tf.Tensor4D,
          depthwise as tf.Tensor4D,
          pointwise as tf.Tensor4D,
          strides(config),
          pad(config),
        ),
        bias,
      ),
      config,
    ),
  BatchNormalization: ([x], [gamma, beta, mean, variance], config) => {
    const scale = tf.div(
      gamma as tf.Tensor,
      tf.sqrt(tf.add(variance as tf.Tensor, Number(config['epsilon']))),
    );
    return tf.add(tf.mul(tf.sub(x as tf.Tensor, mean as tf.Tensor), scale), beta as tf.Tensor);
  },
  Dense: ([x], [kernel, bias], config) =>
    activated(plus(tf.matMul(x as tf.Tensor, kernel as tf.Tensor), bias), config),
  MaxPooling2D: ([x], _, config) =>
    tf.maxPool(x as tf.Tensor4D, config['pool_size'] as [number, number], strides(config), pad(config)),
  Add: ([a, b]) => tf.add(a as tf.Tensor, b as tf.Tensor),
  GlobalAveragePooling2D: ([x]) => tf.mean(x as tf.Tensor, [1, 2]),
  Activation: ([x], _, config) => activated(x as tf.Tensor, config),
  Dropout: ([x]) => x as tf.Tensor,
};

/** Computes a model layer by layer; `weightsOf` gives a layer's numbers in Keras' order. */
function compute(
  layers: readonly Layer[],
  x: tf.Tensor,
  weightsOf: (layer: Layer) => TensorData[],
): tf.Tensor {
  const made = new Map<string, tf.Tensor>();
  let last = x;
  for (const layer of layers) {
    const refs = layer.inbound_nodes?.[0]?.map(([name]) => made.get(name) ?? x) ?? [last];
    if (layer.class_name !== 'InputLayer') {
      const result = computes[layer.class_name]?.(refs, weightsOf(layer).map(toTf), layer.config);
      if (result === undefined) throw new Error(layer.class_name);
      last = result;
    }
    made.set(layer.config.name, last);
  }
  return last;
}

const numbersOf = (tensor: tf.Tensor): TensorData => ({
  shape: tensor.shape,
  data: tensor.dataSync() as Float32Array,
});

const models = sharedData('models');
const missing = missingData('models/keras');

describe(`Keras models compute what their layers mean${missing}`, () => {
  it.skipIf(missing !== '')('the XCEPTION of FER-2013', async () => {
    const file = 'keras/fer2013_mini_XCEPTION.102-0.66.hdf5';
    const { network, weights } = await readModel(file, models);
    const h5 = await Hdf5.open(new Uint8Array(readFileSync(sharedData(`models/${file}`))), file);
    const model = JSON.parse(h5.text('/', 'model_config') ?? '') as { config: { layers: Layer[] } };
    const x = normalTensor([2, 64, 64, 1], 'x');
    const expected = compute(model.config.layers, toTf(x), ({ config: { name } }) =>
      h5.texts(`/model_weights/${name}`, 'weight_names').map((weight) => {
        const found = h5.tensor(`/model_weights/${name}/${weight}`);
        if (found === undefined) throw new Error(weight);
        return found;
      }),
    );
    const [input] = network.inputs;
    const ours = runTf({ ...network, outputs: network.outputs.slice(0, 1) }, weights, {
      [input?.name ?? '']: { shape: [2, 1, 64, 64], data: x.data },
    });
    expect(ours.shape).toEqual([2, 7]);
    expect(difference(ours, numbersOf(expected))).toBeLessThan(1e-5);
  });

  it.skipIf(missing !== '')('the classifier of hand positions, a .keras file', async () => {
    const file = 'keras/asl_keypoint_classifier.keras';
    const { network, weights } = await readModel(file, models);
    const entries = unzipSync(readFileSync(sharedData(`models/${file}`)));
    const text = strFromU8(entries['config.json'] ?? new Uint8Array());
    const { layers } = (JSON.parse(text) as { config: { layers: Layer[] } }).config;
    const h5 = await Hdf5.open(entries['model.weights.h5'] ?? new Uint8Array(), file);
    const seen = new Map<string, number>();
    const expected = compute(layers, toTf(normalTensor([3, 42], 'x')), ({ class_name: kind }) => {
      const count = seen.get(kind) ?? 0;
      seen.set(kind, count + 1);
      const group = `${kind === 'Dense' ? 'dense' : 'batch_normalization'}${count === 0 ? '' : `_${count}`}`;
      return [0, 1, 2, 3].flatMap((i) => h5.tensor(`/layers\\${group}/vars/${i}`) ?? []);
    });
    const [input] = network.inputs;
    const ours = runTf({ ...network, outputs: network.outputs.slice(0, 1) }, weights, {
      [input?.name ?? '']: normalTensor([3, 42], 'x'),
    });
    expect(ours.shape).toEqual([3, 26]);
    expect(difference(ours, numbersOf(expected))).toBeLessThan(1e-5);
  });
});

/** Reads a model of some layers on one input, with random numbers of these shapes. */
function sequential(
  layers: [kind: string, config: object, weights: Record<string, number[]>][],
  sample: number[],
) {
  const listed = layers.map(([class_name, config], i) => ({
    class_name,
    name: `l${i}`,
    config: { name: `l${i}`, ...config },
    inbound_nodes: [[[i === 0 ? 'x' : `l${i - 1}`, 0, 0, {}]]],
  }));
  const input = {
    class_name: 'InputLayer',
    name: 'x',
    config: { name: 'x', batch_input_shape: [null, ...sample] },
  };
  const body = {
    name: 'm',
    layers: [{ ...input, inbound_nodes: [] }, ...listed],
    input_layers: [['x', 0, 0]],
    output_layers: [[`l${layers.length - 1}`, 0, 0]],
  };
  const number = (layer: number, name: string): TensorData => {
    const values = normalTensor(layers[layer]?.[2][name] ?? [], `${layer}/${name}`);
    return name.includes('variance') ? { ...values, data: values.data.map((v) => 0.5 + v * v) } : values;
  };
  const store = {
    find: (path: readonly { name: string }[], weight: string) =>
      number(Number(path.at(-1)?.name.slice(1)), weight),
    release: () => undefined,
  };
  const model = parseModelConfig({ class_name: 'Functional', config: body }, 'm.h5');
  const { network, weights } = importKeras(model, store, { file: 'm.h5', keras3: false });
  const x = normalTensor([2, ...sample], 'x');
  return {
    ours: runTf(network, weights, { x }),
    x: toTf(x),
    of: (layer: number, name: string) => toTf(number(layer, name)),
  };
}

describe('layers of Keras by their definition', () => {
  it('MultiHeadAttention', () => {
    const config = { num_heads: 3, key_dim: 4, value_dim: 5 };
    const { ours, x, of } = sequential(
      [
        [
          'MultiHeadAttention',
          config,
          {
            ...{
              'query/kernel': [6, 3, 4],
              'query/bias': [3, 4],
              'key/kernel': [6, 3, 4],
              'key/bias': [3, 4],
            },
            ...{ 'value/kernel': [6, 3, 5], 'value/bias': [3, 5] },
            ...{ 'attention_output/kernel': [3, 5, 6], 'attention_output/bias': [6] },
          },
        ],
      ],
      [7, 6],
    );
    const project = (what: string) =>
      tf.add(tf.einsum('btw,whd->bthd', x, of(0, `${what}/kernel`)), of(0, `${what}/bias`));
    const scores = tf.mul(tf.einsum('bthd,bshd->bhts', project('query'), project('key')), 0.5);
    const mixed = tf.einsum('bhts,bshd->bthd', tf.softmax(scores), project('value'));
    const made = tf.einsum('bthd,hdw->btw', mixed, of(0, 'attention_output/kernel'));
    const expected = tf.add(made, of(0, 'attention_output/bias'));
    expect(difference(ours, numbersOf(expected))).toBeLessThan(1e-5);
  });

  it('layers over one axis', () => {
    const { ours, x, of } = sequential(
      [
        ['Normalization', { axis: -1 }, { mean: [4], variance: [4] }],
        [
          'SeparableConv1D',
          { kernel_size: [3], strides: [2], padding: 'same', activation: 'relu' },
          { depthwise_kernel: [3, 4, 2], pointwise_kernel: [1, 8, 5], bias: [5] },
        ],
        ['DepthwiseConv1D', { kernel_size: 2, use_bias: false }, { depthwise_kernel: [2, 5, 1] }],
        [
          'BatchNormalization',
          { axis: [2], epsilon: 1e-3 },
          { gamma: [5], beta: [5], moving_mean: [5], moving_variance: [5] },
        ],
        ['MaxPooling1D', { pool_size: [2], strides: [2], padding: 'same' }, {}],
      ],
      [13, 4],
    );
    const row = (value: tf.Tensor) => tf.expandDims<tf.Tensor4D>(value, 1);
    const normal = tf.div(tf.sub(x, of(0, 'mean')), tf.sqrt(of(0, 'variance')));
    const separable = tf.separableConv2d(
      row(normal),
      tf.reshape<tf.Rank.R4>(of(1, 'depthwise_kernel'), [1, 3, 4, 2]),
      tf.reshape<tf.Rank.R4>(of(1, 'pointwise_kernel'), [1, 1, 8, 5]),
      [1, 2],
      'same',
    );
    const bent = tf.relu(tf.add<tf.Tensor4D>(separable, of(1, 'bias')));
    const deep = tf.depthwiseConv2d(
      bent,
      tf.reshape<tf.Rank.R4>(of(2, 'depthwise_kernel'), [1, 2, 5, 1]),
      1,
      'valid',
    );
    const scale = tf.div(of(3, 'gamma'), tf.sqrt(tf.add(of(3, 'moving_variance'), 1e-3)));
    const norm = tf.add<tf.Tensor4D>(tf.mul(tf.sub(deep, of(3, 'moving_mean')), scale), of(3, 'beta'));
    const expected = tf.squeeze(tf.maxPool(norm, [1, 2], [1, 2], 'same'), [1]);
    expect(difference(ours, numbersOf(expected))).toBeLessThan(1e-5);
  });

  it('recurrent layers are refused by name', () => {
    for (const kind of ['LSTM', 'GRU', 'SimpleRNN', 'Bidirectional', 'ConvLSTM2D']) {
      expect(() => sequential([[kind, { units: 3 }, {}]], [5, 4])).toThrow(
        new RegExp(`layer 'l0' \\(${kind}\\) is of a class that is not supported`),
      );
    }
  });
});
