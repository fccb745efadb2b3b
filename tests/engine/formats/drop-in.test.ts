import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { exportFormats } from '../../../main/engine/formats/index.ts';
import { summarizeOnnx } from '../../../main/engine/formats/onnx/summary.ts';
import { readModel } from '../../../main/engine/formats/read.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { fitToData } from '../../../main/engine/network/fit.ts';
import type { TensorData } from '../../../main/engine/network/graph.ts';
import { encodeModel, type OnnxModel } from '../../../main/engine/protobuf/onnx.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { missingData, sharedData } from '../../support/shared-data.ts';
import { difference, normalTensor, randomWeights, runTf } from '../network/run.ts';

const folder = temporaryFolder();

interface Data {
  readonly sampleShape: readonly number[];
  readonly classes: number;
}

/** The model of a file, fitted to data and written again with its own weights. */
async function rewritten(
  file: string,
  base: string,
  { sampleShape, classes }: Data,
  id: string,
  logits = false,
) {
  const model = await readModel(file, base, sampleShape);
  const names = Array.from({ length: classes }, (_, i) => String(i));
  const { network, weights } = fitToData(model, { sampleShape, classes: names }, file);
  const { signature } = model;
  const request = {
    network,
    weights,
    masks: new Map(),
    metadata: {},
    logits,
    ...(signature && { signature }),
  };
  const files = await exportFormats.get(id).write(request);
  const name = `${Math.random()}-${files[0]?.name ?? ''}`;
  for (const [i, written] of files.entries()) {
    await writeFile(join(folder, i === 0 ? name : written.name), written.bytes);
  }
  const [{ bytes, notes = [] } = { bytes: new Uint8Array() }] = files;
  return { name, bytes, notes };
}

const open = (model: string | Uint8Array) =>
  InferenceSession.create(model as string, { logSeverityLevel: 4, intraOpNumThreads: 1 });

/** What a session takes and gives, open sizes as null. */
function ends(session: InferenceSession) {
  const shown = (ports: readonly InferenceSession.ValueMetadata[]) =>
    ports.map((port) =>
      port.isTensor
        ? [port.name, port.type, port.shape.slice(1).map((dim) => (Number(dim) > 0 ? Number(dim) : null))]
        : [],
    );
  return { inputs: shown(session.inputMetadata), outputs: shown(session.outputMetadata) };
}

function fed(type: string, dims: readonly number[]): Tensor {
  const { data } = normalTensor(dims, 'x');
  if (type === 'uint8')
    return new Tensor(
      'uint8',
      Uint8Array.from(data, (value) => Math.abs(value) * 60),
      dims,
    );
  if (type === 'float64') return new Tensor('float64', Float64Array.from(data), dims);
  return new Tensor('float32', data, dims);
}

/** Runs both on the original's own input, which both must take, and compares all that the new one gives. */
async function expectDropIn(
  original: InferenceSession,
  made: InferenceSession,
  tolerance = 1e-5,
): Promise<void> {
  const [before, after] = [ends(original), ends(made)];
  expect(after.inputs).toEqual(before.inputs);
  const kept = before.outputs.filter(([name]) => made.outputNames.includes(String(name)));
  expect(after.outputs.map(([name]) => name)).toEqual(kept.map(([name]) => name));
  const [[name, type, sample] = []] = before.inputs;
  const known = original.inputMetadata[0];
  const batch = known?.isTensor === true && Number(known.shape[0]) > 0 ? Number(known.shape[0]) : 2;
  const tensor = fed(String(type), [batch, ...(sample as number[])]);
  const feeds = { [String(name)]: tensor };
  const [theirs, ours] = [await original.run(feeds), await made.run(feeds)];
  for (const output of made.outputNames) {
    const [wanted, found] = [theirs[output] as Tensor, ours[output] as Tensor];
    expect([found.type, ...found.dims], output).toEqual([wanted.type, ...wanted.dims]);
    const values = Array.from(wanted.data as Float32Array, Number);
    const scale = Math.max(1, ...values.map(Math.abs));
    const apart = Math.max(
      ...Array.from(found.data as Float32Array, (value, i) => Math.abs(value - (values[i] ?? NaN))),
    );
    expect(apart / scale, output).toBeLessThan(tolerance);
  }
}

/** A file whose network takes what a small network of ours does; `change` alters what is written. */
async function place(name: string, change: (model: OnnxModel) => OnnxModel, builder: NetworkBuilder) {
  const { onnxModelOf } = await import('../../../main/engine/formats/onnx/write.ts');
  const network = builder.build();
  const bytes = encodeModel(change(onnxModelOf(network, randomWeights(network))));
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
}

describe('an ONNX export takes the place of the file that came', () => {
  const cases: readonly [file: string, data: Data, tolerance?: number][] = [
    ['05-tf2onnx-nhwc/m.onnx', { sampleShape: [3, 8, 8], classes: 4 }],
    ['08-uint8-input/m.onnx', { sampleShape: [3, 8, 8], classes: 4 }],
    ['07-fp16-in/cast.onnx', { sampleShape: [3, 8, 8], classes: 4 }, 2e-2],
    ['04-outputs-sigmoid4/m.onnx', { sampleShape: [3, 8, 8], classes: 4 }],
    ['04-outputs-sigmoid1/m.onnx', { sampleShape: [3, 8, 8], classes: 2 }],
    ['04-outputs-two-prob-then-argmax/m.onnx', { sampleShape: [3, 8, 8], classes: 4 }],
    ['66-external-onnx-data/m.onnx', { sampleShape: [3, 8, 8], classes: 4 }],
  ];
  for (const [file, data, tolerance] of cases) {
    const missing = missingData(`../cases/${file}`);
    it.skipIf(missing !== '')(`${file}${missing}`, async () => {
      const path = sharedData(`../cases/${file}`);
      const { bytes } = await rewritten(path, '/', data, 'onnx');
      await expectDropIn(await open(path), await open(bytes), tolerance);
    });
  }

  for (const [file, type] of [
    ['fp16.onnx', 'float16'],
    ['double.onnx', 'float64'],
  ] as const) {
    const path = `../cases/07-fp16-in/${file}`;
    it.skipIf(missingData(path) !== '')(
      `${file}: takes and gives ${type}, and reads as the same network${missingData(path)}`,
      async () => {
        const data = { sampleShape: [3, 8, 8], classes: 4 };
        const { bytes, name } = await rewritten(sharedData(path), '/', data, 'onnx');
        const made = ends(await open(bytes));
        const [before, after] = [await readModel(sharedData(path), '/'), await readModel(name, folder)];
        expect([...made.inputs, ...made.outputs].map(([, found]) => found)).toEqual([type, type]);
        expect(after.signature?.inputs).toEqual([{ ...before.signature?.inputs[0], shape: [null, 3, 8, 8] }]);
        const x = normalTensor([2, 3, 8, 8], 'x');
        const [wanted, found] = [before, after].map(({ network, weights }) =>
          runTf(network, weights, { [network.inputs[0]?.name ?? '']: x }),
        );
        expect(difference(found as TensorData, wanted as TensorData)).toBeLessThan(1e-3);
      },
    );
  }

  const small = (input: readonly number[]) => new NetworkBuilder('small', input);

  it('keeps a softmax, other outputs beside it, and their order', async () => {
    const builder = small([3, 4, 4]).flatten().dense('logits', 5).layer('prob', 'Softmax', { axis: -1 });
    const both = (model: OnnxModel): OnnxModel => {
      const [prob] = model.graph.outputs;
      return {
        ...model,
        graph: { ...model.graph, outputs: prob === undefined ? [] : [{ ...prob, name: 'logits' }, prob] },
      };
    };
    for (const [name, change] of [
      ['prob.onnx', (model: OnnxModel) => model],
      ['both.onnx', both],
    ] as const) {
      const path = await place(name, change, builder);
      const data = { sampleShape: [3, 4, 4], classes: 5 };
      const { bytes, notes } = await rewritten(path, '/', data, 'onnx');
      expect(notes).toEqual([]);
      await expectDropIn(await open(path), await open(bytes));
      const logits = await rewritten(path, '/', data, 'onnx', true);
      expect((await open(logits.bytes)).outputNames).toEqual(['logits']);
      expect(logits.notes).toContain("The output 'prob' is not in it.");
      expect(summarizeOnnx(logits.bytes, 'm').metadata['espalier.changes']).toContain('prob');
    }
  });

  it('keeps samples of [28, 28], flat ones, and answers of [classes, 1, 1]', async () => {
    const data = { sampleShape: [1, 6, 6], classes: 3 };
    const rows = small([6, 6]).layer('flat', 'Flatten').dense('fc', 3);
    const flat = small([36]).dense('fc', 3);
    const spatial = small([1, 6, 6]).conv('conv', 3).globalAvgPool();
    for (const [name, builder] of [
      ['rows', rows],
      ['flat', flat],
      ['spatial', spatial],
    ] as const) {
      const path = await place(`${name}.onnx`, (model) => model, builder);
      for (const id of ['onnx', 'onnx-folded', 'onnx-sparse', 'onnx-fp16']) {
        const { bytes, notes } = await rewritten(path, '/', data, id);
        await expectDropIn(await open(path), await open(bytes), id === 'onnx-fp16' ? 2e-2 : 1e-5);
        expect(notes).toEqual([]);
      }
    }
  });

  it('takes any batch, and says so', async () => {
    const fixed = (model: OnnxModel): OnnxModel => {
      const first = <T extends { dims: readonly (number | string)[] }>(port: T): T => ({
        ...port,
        dims: [1, ...port.dims.slice(1)],
      });
      const { inputs, outputs } = model.graph;
      return { ...model, graph: { ...model.graph, inputs: inputs.map(first), outputs: outputs.map(first) } };
    };
    const path = await place('fixed.onnx', fixed, small([4]).dense('fc', 3));
    const { bytes, notes } = await rewritten(path, '/', { sampleShape: [4], classes: 3 }, 'onnx');
    await expectDropIn(await open(path), await open(bytes));
    expect(notes).toEqual([
      "'input' takes any number of samples, where it was 1.",
      "'fc' takes any number of samples, where it was 1.",
    ]);
  });
});

describe('from one program to another', () => {
  const models = '../data/models';
  const inputOf = async (name: string) => (await readModel(name, folder)).signature?.inputs;
  const keras = [
    ['keras/tensorspace_keras216_mnist.h5', { sampleShape: [1, 28, 28], classes: 10 }],
    ['keras/mlperf_tiny_resnet8_cifar10.h5', { sampleShape: [3, 32, 32], classes: 10 }],
    ['keras/asl_keypoint_classifier.keras', { sampleShape: [42], classes: 26 }],
    ['tfjs-layers/tensorspace-keras-mnist/model.json', { sampleShape: [1, 28, 28], classes: 10 }],
    ['tfjs-graph/tensorspace-mnist/model.json', { sampleShape: [1, 28, 28], classes: 10 }],
  ] as const;

  for (const [file, data] of keras) {
    const missing = missingData(`${models}/${file}`);
    it.skipIf(missing !== '')(`${file}: Keras and ONNX take its own samples${missing}`, async () => {
      const path = sharedData(`${models}/${file}`);
      const { network, weights, signature } = await readModel(path, '/');
      const again = await rewritten(path, '/', data, 'keras');
      expect(await inputOf(again.name)).toEqual(signature?.inputs);
      expect(again.notes).toEqual([]);
      const { bytes } = await rewritten(path, '/', data, 'onnx');
      const session = await open(bytes);
      const [input] = signature?.inputs ?? [];
      const sample = (input?.shape ?? []).slice(1).map(Number);
      expect(ends(session).inputs).toEqual([[input?.name, 'float32', sample]]);
      // Its channels are last: ours are those turned.
      const [{ shape } = { shape: [] as readonly number[] }] = network.inputs;
      const x = normalTensor([2, ...shape], 'x');
      const [, channels = 1, height = 1, width = 1] = x.shape;
      const plane = height * width;
      const last = Float32Array.from(x.data, (_, i) => {
        const [image, place] = [Math.floor(i / (channels * plane)), i % (channels * plane)];
        return (
          x.data[image * channels * plane + (place % channels) * plane + Math.floor(place / channels)] ?? NaN
        );
      });
      const given = new Tensor('float32', x.shape.length === 4 ? last : x.data, [2, ...sample]);
      const made = (await session.run({ [session.inputNames[0] ?? '']: given }))[
        session.outputNames.at(-1) ?? ''
      ];
      const wanted = { ...network, outputs: signature?.outputs.map(({ name }) => name) ?? [] };
      const expected = runTf(wanted, weights, { [network.inputs[0]?.name ?? '']: x });
      expect(
        difference({ shape: made?.dims ?? [], data: made?.data as Float32Array }, expected),
      ).toBeLessThan(1e-5);
    });
  }

  it('ONNX with its channels last is so in Keras and TensorFlow.js; with its channels first, that is said', async () => {
    const data = { sampleShape: [3, 8, 6], classes: 4 };
    const last = new NetworkBuilder('last', [8, 6, 3])
      .layer('turned', 'Transpose', { perm: [0, 3, 1, 2] })
      .conv('conv', 2)
      .flatten()
      .dense('fc', 4);
    // Used as it comes too, so that no order of axes can be taken out.
    const both = new NetworkBuilder('both', [8, 6, 3]).flatten();
    const sum = both.dense('side', 4).value;
    both
      .at('input')
      .layer('turned', 'Transpose', { perm: [0, 3, 1, 2] })
      .conv('conv', 2)
      .flatten();
    both.dense('fc', 4).add(sum);
    const input = { name: 'input', type: 'float32', shape: [null, 8, 6, 3] };
    for (const builder of [last, both]) {
      const path = await place('last.onnx', (model) => model, builder);
      const { bytes } = await rewritten(path, '/', data, 'onnx');
      await expectDropIn(await open(path), await open(bytes));
      for (const id of ['keras', 'tfjs']) {
        const { name, notes } = await rewritten(path, '/', data, id);
        expect(await inputOf(name), id).toEqual([input]);
        expect(notes).toEqual([]);
      }
    }
    const first = new NetworkBuilder('first', [3, 8, 6]).conv('conv', 2).flatten().dense('fc', 4);
    const path = await place('first.onnx', (model) => model, first);
    const { name, notes } = await rewritten(path, '/', data, 'keras');
    expect(await inputOf(name)).toEqual([input]);
    expect(notes).toEqual(["'input' takes samples of 8 x 6 x 3, with their channels last."]);
  });
});
