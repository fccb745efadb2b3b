import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, models } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { keras } from '../../../main/engine/formats/keras/format.ts';
import { Hdf5 } from '../../../main/engine/formats/keras/hdf5.ts';
import { kerasDialect } from '../../../main/engine/formats/keras/write/dialect.ts';
import { writeLayers } from '../../../main/engine/formats/keras/write/model.ts';
import { readModel } from '../../../main/engine/formats/read.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import type { Network, WeightSet } from '../../../main/engine/network/graph.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { missingData, sharedData } from '../../support/shared-data.ts';
import { difference, normalTensor, randomWeights, runTf } from '../network/run.ts';

// Keras sorts a model's layers by its own rule and gives the first of them the first numbers of a file, whatever their names.
// TensorFlow.js has that rule too (`Container.layers`), written by others.

async function opened(network: Network, weights: WeightSet): Promise<Hdf5> {
  const [file] = await keras.write({ network, weights, masks: new Map(), metadata: {} });
  return Hdf5.open(file?.bytes ?? new Uint8Array(), 'model.h5');
}

/** The layers that have numbers, in a file's order, and the places of these. */
function numbered(h5: Hdf5): { layer: string; places: string[] }[] {
  return h5
    .texts('/model_weights', 'layer_names')
    .map((layer) => ({
      layer,
      places: h5
        .texts(`/model_weights/${layer}`, 'weight_names')
        .map((name) => `/model_weights/${layer}/${name}`),
    }))
    .filter(({ places }) => places.length > 0);
}

/** The file's model as TensorFlow.js builds it, with numbers by place alone, as Keras gives them out. */
async function loadedByPlace(h5: Hdf5): Promise<LayersModel> {
  const config = JSON.parse(h5.text('/', 'model_config') ?? '') as Record<string, unknown>;
  const model = await models.modelFromJSON({ modelTopology: { model_config: config } } as never);
  const groups = numbered(h5);
  const layers = model.layers.filter((layer) => layer.weights.length > 0);
  expect(groups.map(({ layer }) => layer)).toEqual(layers.map(({ name }) => name));
  layers.forEach((layer, i) => {
    const stored = (groups[i]?.places ?? []).map((place) => h5.tensor(place));
    layer.setWeights(stored.map((tensor) => tf.tensor(tensor?.data ?? [], [...(tensor?.shape ?? [])])));
  });
  return model;
}

async function expectSame(network: Network, label = ''): Promise<LayersModel> {
  const weights = randomWeights(network);
  const model = await loadedByPlace(await opened(network, weights));
  const inputs = network.inputs.map(({ name, shape }): [string, ReturnType<typeof normalTensor>] => [
    name,
    normalTensor([2, ...shape], label + name),
  ]);
  const made = model.predict(inputs.map(([, { shape, data }]) => tf.tensor(data, [...shape])));
  const [output] = Array.isArray(made) ? made : [made];
  const found = { shape: output?.shape ?? [], data: output?.dataSync<'float32'>() ?? new Float32Array() };
  const wanted = { ...network, outputs: network.outputs.slice(0, 1) };
  expect(difference(found, runTf(wanted, weights, Object.fromEntries(inputs)))).toBeLessThan(1e-5);
  return model;
}

describe('the order of layers in a Keras .h5 file', () => {
  beforeAll(async () => {
    tf.enableProdMode();
    await tf.setBackend('cpu');
  });

  it("is Keras' where branches are of different lengths and their shapes agree", async () => {
    const builder = new NetworkBuilder('branches', [6]).dense('first', 6);
    const trunk = builder.value;
    // Our order is that of writing: the short branch first. Keras has the deeper layers before it.
    const short = builder.dense('short', 6).value;
    const long = builder.at(trunk).dense('long1', 6).relu().dense('long2', 6).value;
    const network = builder.at(short).add(long).dense('last', 3).build();
    const h5 = await opened(network, randomWeights(network));
    expect(numbered(h5).map(({ layer }) => layer)).toEqual(['first', 'long1', 'short', 'long2', 'last']);
    await expectSame(network);
  });

  it('follows the inputs of a sum, not the names', async () => {
    const builder = new NetworkBuilder('sum', [4]);
    const start = builder.value;
    const a = builder.dense('a', 4).value;
    const b = builder.at(start).dense('b', 4).value;
    const network = builder.at(b).add(a).build();
    const h5 = await opened(network, randomWeights(network));
    expect(numbered(h5).map(({ layer }) => layer)).toEqual(['b', 'a']);
    await expectSame(network);
  });

  it('puts a layer that is used twice where its deepest use is', async () => {
    const builder = new NetworkBuilder('shared', [4]);
    const start = builder.value;
    const once = builder.dense('twice', 4).value;
    const params = { weight: 'twice.weight', bias: 'twice.bias' };
    const side = builder.at(start).dense('side', 4).relu().value;
    const again = builder.at(once).relu().layer('again', 'Dense', {}, params).value;
    const network = builder.at(again).add(side).dense('last', 2).build();
    await expectSame(network);
  });

  it('holds for random graphs', async () => {
    for (let seed = 1; seed <= 25; seed++) await expectSame(randomGraph(seed), String(seed));
  });

  it('keeps inputs and outputs where they are', async () => {
    const network: Network = {
      name: 'two',
      inputs: [
        { name: 'near', shape: [4] },
        { name: 'far', shape: [4] },
        { name: 'unread', shape: [4] },
      ],
      outputs: ['sum', 'side'],
      nodes: [
        ...[
          ['side', 'near'],
          ['deep', 'far'],
        ].map(([name = '', input = '']) => ({
          ...{ name, op: 'Dense', inputs: [input], outputs: [name], attrs: {} },
          params: { weight: `${name}.weight` },
        })),
        { name: 'act', op: 'Relu', inputs: ['deep'], outputs: ['act'], params: {}, attrs: {} },
        { name: 'sum', op: 'Add', inputs: ['near', 'act'], outputs: ['sum'], params: {}, attrs: {} },
      ],
      params: Object.fromEntries(
        ['side', 'deep'].map((name) => [
          `${name}.weight`,
          { shape: [4, 4], role: 'weight', init: { kind: 'ones' } },
        ]),
      ),
    };
    const model = await expectSame(network);
    expect(model.inputNames).toEqual(['near', 'far', 'unread']);
    expect(model.outputNames).toEqual(['sum', 'side']);
  });

  for (const file of ['fer2013_mini_XCEPTION.102-0.66.hdf5', 'mlperf_tiny_resnet8_cifar10.h5']) {
    const missing = missingData(`models/keras/${file}`);
    it.skipIf(missing !== '')(`is that in which Keras itself wrote ${file}${missing}`, async () => {
      const path = sharedData(`models/keras/${file}`);
      const theirs = numbered(await Hdf5.open(readFileSync(path), file)).map(({ layer }) => layer);
      const { network, weights } = await readModel(path, '/');
      const ours = numbered(await opened(network, weights)).map(({ layer }) => layer);
      // A separable convolution comes back as two layers, of which the second has its name.
      expect(ours.filter((name) => theirs.includes(name))).toEqual(theirs);
      expect(theirs.length).toBeGreaterThan(15);
    });
  }
});

/** A graph of layers of one width: each reads one or two values before it. */
function randomGraph(seed: number): Network {
  const random = Random.from(seed, 'graph');
  const builder = new NetworkBuilder(`random${seed}`, [4]);
  const values = [builder.value];
  const unread = new Set<string>();
  // TensorFlow.js frees a value too early that a sum reads twice.
  const pick = (other?: string): string => {
    const among = values.filter((value) => value !== other);
    const value = among[random.int(among.length)] ?? '';
    unread.delete(value);
    return value;
  };
  for (let i = 0; i < 12; i++) {
    const first = pick();
    const made =
      random.int(3) === 0 && values.length > 1
        ? builder.at(first).add(pick(first), `add${i}`).value
        : builder.at(first).dense(`dense${i}`, 4).value;
    values.push(made);
    unread.add(made);
  }
  const [first = '', ...others] = unread;
  builder.at(first);
  others.forEach((value, i) => builder.add(value, `join${i}`));
  return builder.build();
}

describe('a function that was part of a layer', () => {
  const build = (name: string) =>
    new NetworkBuilder('own', [4])
      .dense('dense', 3)
      .layer('dense/relu', 'Relu')
      .dense('scores', 2)
      .layer(name, 'Softmax')
      .build();
  const written = (name: string) => {
    const network = build(name);
    return writeLayers(network, randomWeights(network), kerasDialect).layers.map(
      ({ name: layer, config }) => [layer, config['activation']],
    );
  };

  it('is part of it again, so that layers and outputs keep their names', () => {
    expect(written('scores/softmax')).toEqual([
      ['input', undefined],
      ['dense', 'relu'],
      ['scores', 'softmax'],
    ]);
  });

  it('stays by itself where it has a name of its own', () => {
    expect(written('probabilities').slice(2)).toEqual([
      ['scores', 'linear'],
      ['probabilities', 'softmax'],
    ]);
  });
});
