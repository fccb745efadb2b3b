import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Dataset, File, Group, ready } from 'h5wasm';
import { describe, expect, it } from 'vitest';
import { keras } from '../../../main/engine/formats/keras/format.ts';
import { Hdf5, writeHdf5 } from '../../../main/engine/formats/keras/hdf5.ts';
import { readModel } from '../../../main/engine/formats/read.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import type { Network, WeightSet } from '../../../main/engine/network/graph.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';
import { missingData, sharedData } from '../../support/shared-data.ts';
import { cases } from '../network/cases.ts';
import { difference, inputsOf, oneOpNetwork, randomWeights, runTf } from '../network/run.ts';

const folder = temporaryFolder();

async function write(network: Network, weights: WeightSet, metadata = {}): Promise<Uint8Array> {
  const [file] = await keras.write({ network, weights, masks: new Map(), metadata });
  return file?.bytes ?? new Uint8Array();
}

async function readBack(bytes: Uint8Array) {
  await writeFile(join(folder, 'model.h5'), bytes);
  return readModel('./model.h5', folder);
}

/** Attributes and datasets by place: what kind of text or number they are. */
async function structure(bytes: Uint8Array): Promise<Map<string, string>> {
  const library = await ready;
  library.FS.writeFile('/look.h5', bytes);
  const file = new File('/look.h5', 'r');
  const found = new Map<string, string>();
  const look = (group: Group, path: string): void => {
    for (const [name, { metadata, shape }] of Object.entries(group.attrs)) {
      const text = metadata.type === 3;
      const kind = text ? (metadata.vlen ? 'text of any length' : 'texts of one length') : 'numbers';
      found.set(`${path}@${name}`, `${kind}, ${shape?.length === 0 ? 'one' : 'list'}`);
    }
    for (const name of group.keys()) {
      const inner = group.get(name);
      if (inner instanceof Dataset) {
        found.set(`${path}/${name}`, `${JSON.stringify(inner.dtype)}[${inner.shape?.join()}]`);
      }
      if (inner instanceof Group) look(inner, `${path}/${name}`);
    }
  };
  look(file, '');
  file.close();
  library.FS.unlink('/look.h5');
  return found;
}

describe('layers in Keras', () => {
  const refused: string[] = [];
  let passed = 0;

  for (const [title, entry] of Object.entries(cases)) {
    it(`${title}: comes back computing the same, or is refused by name`, async () => {
      const network = oneOpNetwork(entry);
      const weights = randomWeights(network);
      let bytes: Uint8Array;
      try {
        bytes = await write(network, weights);
      } catch (error) {
        expect(error).toEqual(problemWith({ code: 'export/unsupported', field: 'layer' }));
        refused.push(title);
        return;
      }
      const back = await readBack(bytes);
      const inputs = inputsOf(entry);
      const given = back.network.inputs.map(({ name }, i) => [name, Object.values(inputs)[i]]);
      const [wanted = ''] = back.network.outputs;
      const again = runTf(
        { ...back.network, outputs: [wanted] },
        back.weights,
        Object.fromEntries(given) as typeof inputs,
      );
      expect(difference(again, runTf(network, weights, inputs))).toBeLessThan(1e-5);
      passed++;
    });
  }

  it('writes most of them', () => {
    console.log(`${passed} came back; refused: ${refused.join(', ')}`);
    expect(passed).toBeGreaterThan(50);
  });
});

describe('a Keras .h5 file', () => {
  const network = new NetworkBuilder('small', [3, 8, 8])
    .conv('conv', 4)
    .batchNorm('bn')
    .relu('relu')
    .flatten()
    .dense('fc', 10)
    .build();
  const weights = initialize(network, Random.from(1, 'weights'));

  it('has its texts and numbers where and as Keras has them', async () => {
    const found = await structure(await write(network, weights, { 'espalier.recipe': '{}' }));
    const list = 'texts of one length, list';
    const text = 'text of any length, one';
    expect(Object.fromEntries(found)).toEqual({
      '@backend': text,
      '@keras_version': text,
      '@model_config': text,
      '@espalier.recipe': text,
      '/model_weights@backend': text,
      '/model_weights@keras_version': text,
      '/model_weights@layer_names': list,
      // An empty list has no type in Python.
      '/model_weights/input@weight_names': 'numbers, list',
      '/model_weights/conv@weight_names': list,
      '/model_weights/conv/conv/kernel:0': '"<f"[3,3,3,4]',
      '/model_weights/conv/conv/bias:0': '"<f"[4]',
      '/model_weights/bn@weight_names': list,
      '/model_weights/bn/bn/gamma:0': '"<f"[4]',
      '/model_weights/bn/bn/beta:0': '"<f"[4]',
      '/model_weights/bn/bn/moving_mean:0': '"<f"[4]',
      '/model_weights/bn/bn/moving_variance:0': '"<f"[4]',
      '/model_weights/relu@weight_names': 'numbers, list',
      '/model_weights/flatten1_channels_first@weight_names': 'numbers, list',
      '/model_weights/flatten1@weight_names': 'numbers, list',
      '/model_weights/fc@weight_names': list,
      '/model_weights/fc/fc/kernel:0': '"<f"[256,10]',
      '/model_weights/fc/fc/bias:0': '"<f"[10]',
    });
  });

  const real = 'models/keras/mlperf_tiny_resnet8_cifar10.h5';
  it.skipIf(missingData(real) !== '')(
    `is built as a file that Keras 2.4 wrote${missingData(real)}`,
    async () => {
      const bytes = readFileSync(sharedData(real));
      const theirs = await structure(bytes);
      const { network: read, weights: numbers } = await readModel(sharedData(real), '/');
      const ours = await structure(await write(read, numbers));
      const compared = (places: Map<string, string>) =>
        Object.fromEntries(
          [...places].filter(
            ([place]) =>
              // Functions are layers of their own in ours; what training left behind is not written.
              !/training_config|optimizer_weights|activation|flatten|global|dense_/.test(place),
          ),
        );
      const expected = compared(theirs);
      expect(Object.keys(expected).length).toBeGreaterThan(60);
      expect(compared(ours)).toMatchObject(expected);
      const config = (file: Hdf5) =>
        JSON.parse(file.text('/', 'model_config') ?? '') as {
          config: { layers: { class_name: string; config: Record<string, unknown> }[] };
        };
      const [a, b] = [await Hdf5.open(bytes, 'theirs'), await Hdf5.open(await write(read, numbers), 'ours')];
      // Every setting that we write down is one that Keras has for this class of layers.
      const settings = new Map(
        config(a).config.layers.map((layer) => [layer.class_name, Object.keys(layer.config)]),
      );
      let checked = 0;
      for (const { class_name: kind, config: own } of config(b).config.layers) {
        const known = settings.get(kind);
        if (known === undefined) continue;
        checked++;
        expect(known, kind).toEqual(expect.arrayContaining(Object.keys(own)));
      }
      expect(checked).toBeGreaterThan(25);
    },
  );

  it('keeps metadata, pruned weights as zeros, and lists that are longer than an attribute', async () => {
    const masks = new Map([['fc.weight', new Uint8Array(2560)]]);
    const metadata = { 'espalier.recipe': JSON.stringify({ name: 'ü'.repeat(50_000) }) };
    const [file] = await keras.write({ network, weights, masks, metadata });
    const back = await readBack(file?.bytes ?? new Uint8Array());
    expect(back.metadata).toEqual(metadata);
    expect(back.weights.get('fc/kernel')?.data.every((value) => Object.is(value, 0))).toBe(true);
    const names = Array.from({ length: 9000 }, (_, i) => `layer_${i}`);
    const bytes = await writeHdf5({ texts: {}, lists: { names }, groups: {}, tensors: [] });
    expect((await Hdf5.open(bytes, 'long')).texts('/', 'names')).toEqual(names);
  });

  it('names the layer for which Keras has none', async () => {
    const other = new NetworkBuilder('erf', [2]).layer('act', 'Erf').build();
    await expect(write(other, new Map())).rejects.toEqual(
      problemWith({
        code: 'export/unsupported',
        field: 'act',
        message: "Erf 'act' is a layer that Keras does not know.",
        remedy: expect.stringContaining('ONNX') as string,
      }),
    );
  });

  it('is the same file for the same network and weights, at any time', async () => {
    const first = await write(network, weights);
    // HDF5 counts time in seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(Buffer.compare(first, await write(network, weights))).toBe(0);
  });
});
