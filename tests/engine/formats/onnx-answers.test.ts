import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readOnnx } from '../../../main/engine/formats/onnx/read/read.ts';
import { OnnxType } from '../../../main/engine/protobuf/onnx.ts';
import { problemWith } from '../../support/problem.ts';
import { floats, ints, model } from './onnx-models.ts';
import { withMl } from './onnx-parts.ts';
import { expectSame } from './same-as-onnxruntime.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

type Nodes = Parameters<typeof model>[0];
const { float32, int64, uint8 } = OnnxType;

describe('labels beside scores', () => {
  const scores: Nodes[number] = ['Gemm', ['x', 'w'], 'scores', { transB: 1 }];
  const options = { input: ['n', 3], tensors: [floats('w', [5, 3]), ints('k', [2])] };

  it('are cut off, and said', () => {
    for (const head of [
      ['ArgMax', ['scores'], 'label', { axis: 1 }],
      ['TopK', ['scores', 'k'], 'label'],
      ['Cast', ['scores'], 'label', { to: 7 }],
    ] as Nodes) {
      const outputs = { label: head[0] === 'TopK' ? float32 : int64, scores: float32 };
      const { network, notes } = readOnnx(model([scores, head], { ...options, outputs }));
      expect(network.outputs).toEqual(['scores']);
      expect(notes).toEqual(["Left out: 'label', which is a label and no scores."]);
    }
  });

  it('alone give way to the scores that they are chosen by', () => {
    const { network, notes } = readOnnx(
      model(
        [
          scores,
          ['Softmax', ['scores'], 'p'],
          ['ArgMax', ['p'], 'index', { axis: 1 }],
          ['Cast', ['index'], 'label', { to: 7 }],
        ],
        { ...options, outputs: { label: int64 } },
      ),
    );
    expect(network.outputs).toEqual(['p']);
    expect(notes[0]).toContain("'p'");
  });

  it('and other outputs that cannot be read leave the others alone', () => {
    const { network, notes } = readOnnx(
      model([scores, ['GridSample', ['x', 'scores'], 'odd'], ['Relu', ['odd'], 'odder']], {
        ...options,
        outputs: { odder: float32, scores: float32 },
      }),
    );
    expect(network.outputs).toEqual(['scores']);
    expect(notes).toEqual([expect.stringMatching(/'odder'.*GridSample, 2 of 3/)]);
    expect(() =>
      readOnnx(
        model([scores, ['GridSample', ['x', 'scores'], 'odd']], { ...options, outputs: { odd: float32 } }),
      ),
    ).toThrow(problemWith({ field: 'node1' }));
  });
});

describe('open sizes', () => {
  const layers: Nodes = [
    ['Conv', ['x', 'w'], 'c', { kernel_shape: [3, 3] }],
    ['GlobalAveragePool', ['c'], 'y'],
  ];
  const tensors = [floats('w', [4, 2, 3, 3])];

  it('are those of the data', async () => {
    for (const input of [
      ['n', 2, 'h', 'w'],
      ['n', 'c', 'h', 'w'],
    ]) {
      const read = await expectSame(model(layers, { input, tensors }), [1, 3], { sampleShape: [2, 6, 5] });
      expect(read.network.inputs).toEqual([{ name: 'x', shape: [2, 6, 5] }]);
      expect(read.notes).toEqual([expect.stringContaining('2 x 6 x 5')]);
    }
  });

  it('are found in the order of axes that the layers fit', async () => {
    const last: Nodes = [
      ['Transpose', ['x'], 't', { perm: [0, 3, 1, 2] }],
      ['Conv', ['t', 'w'], 'c'],
      layers[1] as Nodes[number],
    ];
    const read = await expectSame(model(last, { input: ['n', 'h', 'w', 'c'], tensors }), [1, 3], {
      sampleShape: [2, 6, 5],
    });
    expect(read.network.inputs).toEqual([{ name: 'x', shape: [6, 5, 2] }]);
  });

  it('are named where there are no data, or others', () => {
    const bytes = model(layers, { input: ['n', 2, 'h', 'w'], tensors });
    expect(() => readOnnx(bytes)).toThrow(
      problemWith({ field: 'x', remedy: expect.stringContaining('together with data') as string }),
    );
    expect(() => readOnnx(bytes, { sampleShape: [3, 6, 5] })).toThrow(
      problemWith({
        field: 'x',
        message: expect.stringContaining('[2, h, w], the data has 3 x 6 x 5') as string,
      }),
    );
  });

  it('of a batch of 0 are open too', () => {
    expect(readOnnx(model(layers, { input: [0, 2, 6, 5], tensors })).network.inputs[0]?.shape).toEqual([
      2, 6, 5,
    ]);
  });
});

describe('inputs of whole numbers', () => {
  const tensors = [floats('s', [], [1 / 255])];

  it('become floats where the file makes them such', () => {
    const { network, notes } = readOnnx(
      model(
        [
          ['Transpose', ['x'], 't', { perm: [0, 2, 1, 3] }],
          ['Cast', ['t'], 'f', { to: 1 }],
          ['Mul', ['f', 's'], 'y'],
        ],
        { tensors, inputType: uint8 },
      ),
    );
    expect(network.nodes.map(({ op }) => op)).toEqual(['Transpose', 'Identity', 'Mul']);
    expect(notes).toEqual([expect.stringMatching(/uint8.*normalize: none/)]);
  });

  it('that are computed with are refused, since integers round', () => {
    expect(() => readOnnx(model([['Div', ['x', 'x'], 'y']], { inputType: uint8 }))).toThrow(
      problemWith({ field: 'node0', message: expect.stringContaining('whole numbers') as string }),
    );
  });
});

describe('rows that are the same for every sample', () => {
  const batch: Nodes = [
    ['Shape', ['x'], 'shape'],
    ['Gather', ['shape', 'zero'], 'n', { axis: 0 }],
    ['Unsqueeze', ['n', 'zeros'], 'n1'],
    ['Concat', ['n1', 'rest'], 'wanted', { axis: 0 }],
  ];
  const tensors = [
    ints('zero', [0], []),
    ints('zeros', [0]),
    ints('rest', [1, 3]),
    floats('token', [1, 1, 3]),
    ints('ones', [1, 1]),
  ];

  it('come from ConstantOfShape, Expand or Tile with the size of the batch', async () => {
    for (const made of [
      [
        ['ConstantOfShape', ['wanted'], 'zeroes'],
        ['Add', ['zeroes', 'token'], 'first'],
      ],
      [['Expand', ['token', 'wanted'], 'first']],
      [
        ['Concat', ['n1', 'ones'], 'times', { axis: 0 }],
        ['Tile', ['token', 'times'], 'first'],
      ],
    ] as Nodes[]) {
      await expectSame(
        model([...batch, ...made, ['Concat', ['first', 'x'], 'y', { axis: 1 }]], {
          input: ['n', 4, 3],
          tensors,
        }),
      );
    }
  });
});

it('reads the slopes of PReLU for each channel in every layout', async () => {
  for (const dims of [[2, 1, 1], [1, 2, 1, 1], [1], [1, 1, 1, 1]]) {
    await expectSame(model([['PRelu', ['x', 's'], 'y']], { tensors: [floats('s', dims)] }));
  }
  const listed = readOnnx(model([['PRelu', ['x', 's'], 'y']], { tensors: [floats('s', [2])] }));
  expect(listed.weights.get('s')?.shape).toEqual([2, 1, 1]);
});

it('reads the factors of Upsample from its attribute', async () => {
  const scales = { scales: { floats: [1, 1, 2, 3] }, mode: 'nearest' };
  const read = await expectSame(model([['Upsample', ['x'], 'y', scales]], { opset: 7 }));
  expect(read.network.nodes[0]?.attrs['size']).toEqual([8, 12]);
});

describe('what is not read is called by its name', () => {
  for (const [op, words] of [
    ['DynamicQuantizeLinear', /already quantised/],
    ['QLinearConv', /already quantised/],
    ['Loop', /is a loop/],
    ['LSTM', /is a recurrent layer/],
    ['NonMaxSuppression', /find objects/],
  ] as const) {
    it(op, () => {
      expect(() => readOnnx(model([[op, ['x'], 'y']]))).toThrow(words);
    });
  }
});

describe("scikit-learn's pipelines", () => {
  const options = { input: ['n', 4] };
  const list = (values: number[]) => ({ floats: values });

  it('scale their features as onnxruntime does', async () => {
    const attrs = { offset: list([1, 2, 3, 4]), scale: list([0.5, 2, 1, 0.1]) };
    await expectSame(withMl(model([['Scaler', ['x'], 'y', attrs]], options), ['Scaler']));
  });

  it('normalise rows as onnxruntime does', async () => {
    for (const norm of ['L1', 'L2']) {
      await expectSame(withMl(model([['Normalizer', ['x'], 'y', { norm }]], options), ['Normalizer']));
    }
  });

  it('with a linear classifier and a table of probabilities become a dense layer and its softmax', () => {
    const coefficients = Array.from({ length: 12 }, (_, i) => i / 10);
    const attrs = {
      coefficients: list(coefficients),
      intercepts: list([1, 2, 3]),
      classlabels_ints: [0, 1, 2],
      post_transform: 'SOFTMAX',
    };
    const scored: Nodes = [
      ['LinearClassifier', ['x'], 'p', attrs],
      ['ZipMap', ['p'], 'table', { classlabels_int64s: [0, 1, 2] }],
    ];
    const { network, weights } = readOnnx(withMl(model(scored, options), ['LinearClassifier', 'ZipMap']));
    expect(network.nodes.map(({ op }) => op)).toEqual(['Dense', 'Softmax']);
    expect(network.outputs).toEqual(['p']);
    expect([...(weights.get('p/coefficients')?.data ?? [])]).toEqual(coefficients.map(Math.fround));
  });
});
