import { readdirSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OnnxAttribute, OnnxTensor } from '../../../main/engine/protobuf/onnx.ts';
import { OnnxType } from '../../../main/engine/protobuf/onnx.ts';
import { readOnnx } from '../../../main/engine/formats/onnx/read/read.ts';
import { writeOnnx } from '../../../main/engine/formats/onnx/write.ts';
import { networkCost } from '../../../main/engine/network/cost.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { missingData, sharedData } from '../../support/shared-data.ts';
import { floats, ints, model } from './onnx-models.ts';
import { expectSame } from './same-as-onnxruntime.ts';
import { cases } from '../network/cases.ts';
import { difference, inputsOf, normalTensor, oneOpNetwork, randomWeights, runTf } from '../network/run.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('what we write', () => {
  for (const entry of zoo.items) {
    it(`${entry.id} comes back as the same network with the same weights`, () => {
      const network = entry.build({ input: entry.defaultInput, classes: 10 });
      const weights = initialize(network, Random.from(1, 'weights'));
      const bytes = writeOnnx(network, weights, { metadata: { seed: '1' } });
      const back = readOnnx(bytes);
      expect(back.metadata).toEqual({ seed: '1' });
      expect(back.network.inputs).toEqual(network.inputs);
      expect(back.network.outputs).toEqual(network.outputs);
      const outline = ({ nodes }: typeof network) =>
        nodes.map(({ name, op, inputs, outputs, params }) => ({ name, op, inputs, outputs, params }));
      expect(outline(back.network)).toEqual(outline(network));
      expect(networkCost(back.network)).toEqual(networkCost(network));
      expect(Object.fromEntries(back.weights)).toEqual(Object.fromEntries(weights));
      expect(writeOnnx(back.network, back.weights, { metadata: back.metadata })).toEqual(bytes);
    });
  }

  it('comes back as a network that computes the same, for every layer type', () => {
    for (const [title, entry] of Object.entries(cases)) {
      const network = oneOpNetwork(entry);
      const weights = randomWeights(network);
      const back = readOnnx(writeOnnx(network, weights));
      const inputs = inputsOf(entry);
      const same = { ...back.network, outputs: ['y'] };
      expect(
        difference(runTf(same, back.weights, inputs), runTf(network, weights, inputs)),
        title,
      ).toBeLessThan(1e-6);
    }
  });
});

describe(`other people's models${missingData('models/onnx')}`, () => {
  const skip = missingData('models/onnx') !== '';
  const files = skip ? ['none'] : readdirSync(sharedData('models/onnx'));
  for (const file of files) {
    it.skipIf(skip)(`${file} computes what onnxruntime computes`, async () => {
      const bytes = readFileSync(sharedData(`models/onnx/${file}`));
      const { network, weights } = readOnnx(bytes, { file });
      const [input] = network.inputs;
      if (input === undefined) throw new Error('no input');
      const x = normalTensor([1, ...input.shape], file);
      const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
      const theirs = (await session.run({ [input.name]: new Tensor('float32', x.data, x.shape) }))[
        session.outputNames.at(-1) ?? ''
      ];
      if (theirs === undefined) throw new Error('no output');
      expect(
        difference(runTf(network, weights, { [input.name]: x }), {
          shape: theirs.dims,
          data: theirs.data as Float32Array,
        }),
      ).toBeLessThan(1e-5);
    });
  }

  it.skipIf(skip)('have the sizes that the literature states', () => {
    const cost = (file: string) =>
      networkCost(readOnnx(readFileSync(sharedData(`models/onnx/${file}`))).network);
    expect(cost('akamaster_resnet20_cifar10_bn.onnx')).toMatchObject({
      parameters: 269_722,
      macs: 40_551_040,
    });
    expect(cost('akamaster_resnet56_cifar10.onnx').macs).toBe(125_485_696);
    expect(cost('cifar10_resnet_2b.onnx').parameters).toBe(112_006);
  });
});

describe('what other programs write', () => {
  it("works out PyTorch's shape arithmetic", async () => {
    const { network } = await expectSame(
      model(
        [
          ['Shape', ['x'], 'shape'],
          ['Gather', ['shape', 'zero'], 'n', { axis: 0 }],
          ['Unsqueeze', ['n', 'axes'], 'n1'],
          ['Concat', ['n1', 'rest'], 'target', { axis: 0 }],
          ['Reshape', ['x', 'target'], 'y'],
        ],
        { tensors: [ints('zero', [0], []), ints('axes', [0]), ints('rest', [-1])] },
      ),
    );
    expect(network.nodes.map((node) => node.op)).toEqual(['Reshape']);
  });

  it('makes an addition after a product the bias of the layer', async () => {
    const { network } = await expectSame(
      model(
        [
          ['MatMul', ['x', 'w'], 'p'],
          ['Add', ['b', 'p'], 'y'],
        ],
        {
          input: ['n', 6],
          tensors: [floats('w', [6, 3]), floats('b', [3])],
        },
      ),
    );
    expect(network.nodes).toMatchObject([
      { op: 'Dense', outputs: ['y'], params: { weight: 'w', bias: 'b' } },
    ]);
    const conv = await expectSame(
      model(
        [
          ['Conv', ['x', 'w'], 'p'],
          ['Add', ['p', 'b'], 'y'],
        ],
        {
          tensors: [floats('w', [3, 2, 3, 3]), floats('b', [3, 1, 1])],
        },
      ),
    );
    expect(conv.network.nodes).toMatchObject([{ op: 'Conv2D', params: { bias: 'b' } }]);
  });

  it('leaves an addition alone where another node also reads the product', async () => {
    const { network } = await expectSame(
      model(
        [
          ['MatMul', ['x', 'w'], 'p'],
          ['Add', ['p', 'b'], 'q'],
          ['Mul', ['p', 'q'], 'y'],
        ],
        {
          input: ['n', 6],
          tensors: [floats('w', [6, 3]), floats('b', [3])],
        },
      ),
    );
    expect(network.nodes.map((node) => node.op)).toEqual(['Dense', 'Add', 'Mul']);
  });

  it('keeps the factors and transpositions of Gemm', async () => {
    await expectSame(
      model([['Gemm', ['x', 'w', 'b'], 'y', { alpha: { float: 0.5 }, beta: { float: 2 } }]], {
        input: ['n', 6],
        tensors: [floats('w', [6, 3]), floats('b', [1])],
      }),
    );
  });

  it('shares one parameter between layers that use it alike, and makes two where they do not', async () => {
    const shared = await expectSame(
      model(
        [
          ['Gemm', ['x', 'w'], 'h', { transB: 1 }],
          ['Gemm', ['h', 'w'], 'y', { transB: 1 }],
        ],
        {
          input: ['n', 4],
          tensors: [floats('w', [4, 4])],
        },
      ),
    );
    expect(Object.keys(shared.network.params)).toEqual(['w']);
    const two = await expectSame(
      model(
        [
          ['Gemm', ['x', 'w'], 'h', { transB: 1 }],
          ['Gemm', ['h', 'w'], 'y'],
        ],
        {
          input: ['n', 4],
          tensors: [floats('w', [4, 4])],
        },
      ),
    );
    expect(Object.keys(two.network.params)).toEqual(['w', 'w_2']);
  });

  it('reads padding in all its forms', async () => {
    const paddings: Record<string, OnnxAttribute>[] = [
      { auto_pad: 'SAME_UPPER', strides: [2, 2] },
      { auto_pad: 'SAME_LOWER', strides: [2, 1] },
      { auto_pad: 'VALID' },
      { pads: [1, 0, 0, 2] },
    ];
    for (const attrs of paddings) {
      await expectSame(model([['Conv', ['x', 'w'], 'y', attrs]], { tensors: [floats('w', [3, 2, 3, 2])] }));
    }
    const poolings: Record<string, OnnxAttribute>[] = [
      { ceil_mode: 1 },
      { ceil_mode: 1, pads: [1, 1, 1, 1] },
      { auto_pad: 'SAME_UPPER' },
    ];
    for (const op of ['MaxPool', 'AveragePool']) {
      for (const more of poolings) {
        await expectSame(
          model([[op, ['x'], 'y', { kernel_shape: [3, 3], strides: [2, 2], ...more }]], {
            input: ['n', 2, 7, 6],
          }),
        );
      }
    }
  });

  it('keeps the outputs of the file as they are', async () => {
    const { network } = await expectSame(
      model(
        [
          ['MatMul', ['x', 'w'], 'logits'],
          ['Softmax', ['logits'], 'y', { axis: 1 }],
        ],
        { input: ['n', 6], tensors: [floats('w', [6, 3])] },
      ),
    );
    expect(network.outputs).toEqual(['y']);
  });

  it('opens the batch of a model that was exported for one sample', () => {
    const { network, weights } = readOnnx(
      model(
        [
          ['Reshape', ['x', 'to'], 'flat'],
          ['MatMul', ['flat', 'w'], 'y'],
        ],
        {
          input: [1, 2, 4, 4],
          tensors: [ints('to', [1, 32]), floats('w', [32, 3])],
        },
      ),
    );
    expect(runTf(network, weights, { x: normalTensor([5, 2, 4, 4], 'x') }).shape).toEqual([5, 3]);
  });

  it('reads float16, float64 and packed numbers as float32', () => {
    const half: OnnxTensor = {
      name: 'h',
      dims: [4],
      type: OnnxType.float16,
      raw: Uint8Array.from([0, 60, 0, 192, 1, 0, 255, 123]),
    };
    const double: OnnxTensor = {
      name: 'd',
      dims: [4],
      type: OnnxType.float64,
      raw: new Uint8Array(Float64Array.of(0.1, 2, 3, 4).buffer),
    };
    const { weights } = readOnnx(
      model(
        [
          ['Mul', ['x', 'h'], 'p'],
          ['Add', ['p', 'd'], 'y'],
        ],
        { input: ['n', 4], tensors: [half, double] },
      ),
    );
    expect([...(weights.get('h')?.data ?? [])]).toEqual([1, -2, 2 ** -24, 65504]);
    expect(weights.get('d')?.data[0]).toBe(Math.fround(0.1));
  });

  it('takes queries, keys and values out of one product, whose axes PyTorch puts in another order', async () => {
    const heads = ints('heads', [0, 5, 3, 2, 4]);
    const parts = ['q', 'k', 'v'].map(
      (name, i) =>
        ['Gather', ['moved', `i${i}`], name, { axis: 0 }] as [
          string,
          string[],
          string,
          Record<string, number>,
        ],
    );
    const whole: Parameters<typeof model>[0] = [
      ['MatMul', ['x', 'w'], 'p'],
      ['Add', ['b', 'p'], 'qkv'],
      ['Reshape', ['qkv', 'heads'], 'split'],
      ['Transpose', ['split'], 'moved', { perm: [2, 0, 3, 1, 4] }],
      ...parts,
      ['Transpose', ['k'], 'kt', { perm: [0, 1, 3, 2] }],
      ['MatMul', ['q', 'kt'], 'scores'],
      ['Softmax', ['scores'], 'share', { axis: -1 }],
      ['MatMul', ['share', 'v'], 'mixed'],
      ['Transpose', ['mixed'], 'back', { perm: [0, 2, 1, 3] }],
      ['Reshape', ['back', 'flat'], 'y'],
    ];
    const { network } = await expectSame(
      model(whole, {
        input: ['n', 5, 8],
        tensors: [
          floats('w', [8, 24]),
          floats('b', [24]),
          heads,
          ints('flat', [0, 5, 8]),
          ...[0, 1, 2].map((i) => ints(`i${i}`, [i], [])),
        ],
      }),
    );
    expect(network.nodes[0]).toMatchObject({ op: 'Dense', params: { weight: 'w', bias: 'b' } });
  });

  it('reads layers over one axis', async () => {
    const { network } = await expectSame(
      model(
        [
          ['Conv', ['x', 'w', 'b'], 'c', { pads: [1, 1], strides: [2], kernel_shape: [3] }],
          ['MaxPool', ['c'], 'm', { kernel_shape: [2], strides: [1] }],
          ['GlobalAveragePool', ['m'], 'y'],
        ],
        { input: ['n', 2, 9], tensors: [floats('w', [3, 2, 3]), floats('b', [3])] },
      ),
    );
    expect(network.params['w']?.shape).toEqual([3, 2, 1, 3]);
  });

  it('puts a class token before the patches', async () => {
    await expectSame(
      model(
        [
          ['Shape', ['x'], 'shape'],
          ['Gather', ['shape', 'zero'], 'n', { axis: 0 }],
          ['Unsqueeze', ['n', 'axes'], 'n1'],
          ['Concat', ['n1', 'rest'], 'target', { axis: 0 }],
          ['Expand', ['token', 'target'], 'tokens'],
          ['Concat', ['tokens', 'x'], 'y', { axis: 1 }],
        ],
        {
          input: ['n', 4, 6],
          tensors: [
            floats('token', [1, 1, 6]),
            ints('zero', [0], []),
            ints('axes', [0]),
            ints('rest', [1, 6]),
          ],
        },
      ),
    );
  });

  it('reads transposed convolutions, resizing and parts of images', async () => {
    await expectSame(
      model(
        [
          [
            'ConvTranspose',
            ['x', 'w', 'b'],
            'c',
            { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] },
          ],
          [
            'Resize',
            ['c', '', 'scales'],
            'r',
            { mode: 'linear', coordinate_transformation_mode: 'half_pixel' },
          ],
          ['Gather', ['r', 'index'], 'y', { axis: 2 }],
        ],
        {
          tensors: [
            floats('w', [2, 3, 3, 3]),
            floats('b', [3]),
            floats('scales', [4], [1, 1, 2, 0.5]),
            ints('index', [1], []),
          ],
        },
      ),
    );
  });
});
