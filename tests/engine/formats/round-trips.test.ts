import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ExportedFile } from '../../../main/engine/formats/export-format.ts';
import { exportFormats } from '../../../main/engine/formats/index.ts';
import { readModel } from '../../../main/engine/formats/read.ts';
import { writeGraphModel } from '../../../main/engine/formats/tfjs/write/graph-model.ts';
import { writeWeights } from '../../../main/engine/formats/tfjs/write/weights.ts';
import type { Network, WeightSet } from '../../../main/engine/network/graph.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { catalogModels } from '../../support/catalog-models.ts';
import { missingData, sharedData } from '../../support/shared-data.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { difference, normalTensor, runTf } from '../network/run.ts';
import { largest } from './model-files.ts';
import { runOrt, runOrtFile } from './onnxruntime.ts';
import { canonical } from './same-graph.ts';
import { runTensorFlowJs } from './tensorflow-js.ts';

const folder = temporaryFolder();

interface Model {
  readonly network: Network;
  readonly weights: WeightSet;
}
interface Way {
  readonly write: (model: Model) => ExportedFile[] | Promise<ExportedFile[]>;
  readonly main: string;
  /** Layer types that do nothing in use, and are not there afterwards. */
  readonly without?: readonly string[];
}
const request = ({ network, weights }: Model) => ({
  ...{ network, weights, masks: new Map(), metadata: { note: 'kept' } },
});
const exported = (id: string) => (model: Model) => exportFormats.get(id).write(request(model));

const ways = {
  ONNX: { write: exported('onnx'), main: 'model.onnx' },
  'TF.js': { write: exported('tfjs'), main: 'model.json', without: ['Identity', 'Dropout'] },
  'TF.js graph': {
    write: ({ network, weights }: Model): ExportedFile[] => {
      const { json, tensors } = writeGraphModel(network, weights);
      const { manifest, shards } = writeWeights(tensors);
      const whole = { ...json, weightsManifest: manifest, userDefinedMetadata: { note: 'kept' } };
      const bytes = Buffer.from(JSON.stringify(whole));
      return [
        { name: 'model.json', kind: 'tfjs', bytes },
        ...shards.map((shard) => ({ ...shard, kind: 'tfjs-weights' })),
      ];
    },
    main: 'model.json',
    without: ['Identity', 'Dropout'],
  },
  Keras: { write: exported('keras'), main: 'model.h5' },
} as const satisfies Record<string, Way>;

async function save(files: readonly ExportedFile[], name: string): Promise<string> {
  const place = join(folder, name.replace(/\W/g, '_'));
  await mkdir(place, { recursive: true });
  for (const file of files) await writeFile(join(place, file.name), file.bytes);
  return place;
}

/** As after some training: no number is what it would be if it were left out. */
function trained(network: Network): WeightSet {
  const weights = initialize(network, Random.from(1, 'weights'));
  for (const [name, { shape, data }] of weights) {
    const noise = normalTensor(shape, name).data;
    weights.set(name, { shape, data: data.map((value, i) => value + 0.01 * Math.abs(noise[i] ?? 0)) });
  }
  return weights;
}

/** How a network comes back: 'same', 'same outputs only', or why it was not written. */
async function roundTrip(name: string, model: Model, title: string, way: Way): Promise<string> {
  let files: ExportedFile[];
  try {
    files = await way.write(model);
  } catch (error) {
    return `not written: ${error instanceof Error ? error.message : String(error)}`;
  }
  const back = await readModel(way.main, await save(files, `${name} ${title}`));
  expect(back.metadata, `${name} as ${title}`).toMatchObject({ note: 'kept' });
  const inputs = model.network.inputs.map(({ shape }, i) => normalTensor([1, ...shape], `input${i}`));
  const before = await runOrt(model.network, model.weights, inputs);
  const after = await runOrt(back.network, back.weights, inputs);
  expect(largest(after, before), `${name} as ${title}`).toBeLessThan(
    1e-5 * Math.max(1, ...before.map(Math.abs)),
  );
  const [wanted, found] = [model.network, back.network].map((network) => canonical(network, way.without));
  if (wanted?.join('\n') === found?.join('\n')) return 'same';
  const at = wanted?.findIndex((line, i) => line !== found?.[i]) ?? 0;
  return `same outputs only; line ${at}: ${found?.[at]} for ${wanted?.[at]}`;
}

/** Prints how all of them came back, and gives it. */
async function table(models: Readonly<Record<string, () => Promise<Model>>>): Promise<Map<string, string>> {
  const results = new Map<string, string>();
  for (const [name, load] of Object.entries(models)) {
    const model = await load();
    for (const [title, way] of Object.entries(ways)) {
      results.set(`${name} as ${title}`, await roundTrip(name, model, title, way));
    }
  }
  const of = (start: string) => [...results].filter(([, result]) => result.startsWith(start));
  const lines = [
    `${of('same').length - of('same outputs').length} came back the same`,
    ...of('same outputs').map(([what, result]) => `${what}: ${result}`),
    ...of('not written').map(([what, result]) => `${what}: ${result}`),
  ];
  console.log(lines.join('\n'));
  return results;
}

describe('read, write, read again', () => {
  it('gives the same graph and outputs for every network of the zoo, in every format', async () => {
    const models = zoo.items.map((entry): [string, () => Promise<Model>] => {
      const network = entry.build({ input: entry.defaultInput, classes: 10 });
      return [entry.id, () => Promise.resolve({ network, weights: trained(network) })];
    });
    const results = await table(Object.fromEntries(models));
    expect([...results].filter(([, result]) => result !== 'same')).toEqual([]);
  }, 60_000);

  it.skipIf(missingData('models') !== '')(
    `gives the same for every model of the catalog that the format can hold${missingData('models')}`,
    async () => {
      const models = catalogModels.map((file): [string, () => Promise<Model>] => [
        file,
        () => readModel(file, sharedData('models')),
      ]);
      const results = await table(Object.fromEntries(models));
      const unlike = [...results].filter(([, result]) => result !== 'same');
      const found = Object.fromEntries(unlike.map(([what, result]) => [what, result.split(/[:;]/)[0]]));
      expect(found).toEqual({
        // Shortcuts that take every second pixel and add channels of zeros: no layers of Keras.
        'onnx/akamaster_resnet20_cifar10.onnx as Keras': 'not written',
        'onnx/akamaster_resnet20_cifar10_bn.onnx as Keras': 'not written',
        'onnx/akamaster_resnet56_cifar10.onnx as Keras': 'not written',
        // Operations normalise images only: features become images of one pixel.
        'keras/asl_keypoint_classifier.keras as TF.js graph': 'same outputs only',
      });
    },
    120_000,
  );
});

describe('from one program to another', () => {
  const onnx = catalogModels.filter((file) => file.startsWith('onnx/'));
  const keras = catalogModels.filter((file) => file.startsWith('keras/'));
  const batch = 2;

  it.skipIf(missingData('models') !== '')(
    `ONNX in, TF.js out: TensorFlow.js answers as onnxruntime does to the file itself${missingData('models')}`,
    async () => {
      const lines: string[] = [];
      for (const file of onnx) {
        const model = await readModel(file, sharedData('models'));
        const [{ shape } = { shape: [] }] = model.network.inputs;
        const input = normalTensor([1, ...shape], file);
        const theirs = await runOrtFile(readFileSync(join(sharedData('models'), file)), [input]);
        const { kind, output } = await runTensorFlowJs(await ways['TF.js'].write(model), [input]);
        const scale = Math.max(1, ...theirs.map(Math.abs));
        lines.push(`${file}: ${kind}`);
        expect(largest(output.data, theirs) / scale, file).toBeLessThan(1e-5);
      }
      console.log(lines.join('\n'));
    },
    120_000,
  );

  it.skipIf(missingData('models') !== '')(
    `Keras in, ONNX and TF.js out: onnxruntime, TensorFlow.js and we agree${missingData('models')}`,
    async () => {
      for (const file of keras) {
        const { network, weights } = await readModel(file, sharedData('models'));
        // Files have one output; ours give the logits behind it too.
        const model = { network: { ...network, outputs: network.outputs.slice(0, 1) }, weights };
        const [{ name, shape } = { name: '', shape: [] }] = network.inputs;
        const input = normalTensor([batch, ...shape], file);
        const { output } = await runTensorFlowJs(await ways['TF.js'].write(model), [input]);
        const theirs = await runOrt(model.network, weights, [input]);
        expect(largest(output.data, theirs), file).toBeLessThan(1e-5);
        const ours = runTf(model.network, weights, { [name]: input });
        expect(difference(output, ours), file).toBeLessThan(1e-5);
      }
    },
    120_000,
  );
});
