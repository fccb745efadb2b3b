import { InferenceSession, Tensor } from 'onnxruntime-node';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readOnnx } from '../../../main/engine/formats/onnx/read/read.ts';
import { encodeModel, OnnxType, type OnnxTensor } from '../../../main/engine/protobuf/onnx.ts';
import { runTf, normalTensor } from '../network/run.ts';
import { floats, model } from './onnx-models.ts';
import { expectSame } from './same-as-onnxruntime.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const bytesOf = (
  name: string,
  type: OnnxTensor['type'],
  dims: number[],
  raw: ArrayBufferView,
): OnnxTensor => ({
  name,
  dims,
  type,
  raw: new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength),
});
const int8 = (name: string, dims: number[], values: readonly number[]) =>
  bytesOf(name, OnnxType.int8, dims, Int8Array.from(values));
const int32 = (name: string, dims: number[], values: readonly number[]) =>
  bytesOf(name, OnnxType.int32, dims, Int32Array.from(values));
const uint8 = (name: string, value: number) => bytesOf(name, OnnxType.uint8, [], Uint8Array.of(value));
const zerosIn = (data: Float32Array | undefined) => data?.filter((value) => value === 0).length;

/** Numbers of which all but every third are zero. */
const sparse = (dims: number[], name: string) =>
  [...normalTensor(dims, name).data].map((value, i) => (i % 3 === 0 ? value * 0.3 : 0));

/** The largest difference to what onnxruntime makes of the file. */
async function apart(bytes: Uint8Array, read: ReturnType<typeof readOnnx>): Promise<number> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const x = normalTensor([3, ...(read.network.inputs[0]?.shape ?? [])], 'x');
  const name = session.outputNames[0] ?? '';
  const theirs = (await session.run({ x: new Tensor('float32', x.data, x.shape) }))[name];
  const ours = runTf({ ...read.network, outputs: [name] }, read.weights, { x });
  const values = theirs?.data as Float32Array;
  expect(ours.data).toHaveLength(values.length);
  return Math.max(...ours.data.map((value, i) => Math.abs(value - (values[i] ?? NaN))));
}

/** What the network computes is rounded to multiples of this, so that each value is off by half of it at most. */
const SCALE = 0.02;
const rounded = (value: string, result: string, zero = 'zero') =>
  [
    ['QuantizeLinear', [value, 'scale', zero], `${result}_q`],
    ['DequantizeLinear', [`${result}_q`, 'scale', zero], result],
  ] as [string, string[], string][];
const common = [floats('scale', [], [SCALE]), uint8('zero', 128), uint8('least', 0)];

describe('networks that ended tools saved are read', () => {
  it('SparseML: pruned float weights between pairs of QuantizeLinear and DequantizeLinear, as quantisation-aware training exports them', async () => {
    const kernel = sparse([4, 2, 3, 3], 'k');
    const dense = sparse([5, 4], 'd');
    const bytes = model(
      [
        ...rounded('x', 'xr'),
        ['QuantizeLinear', ['conv.weight', 'wscale', 'wzero'], 'wq'],
        ['DequantizeLinear', ['wq', 'wscale', 'wzero'], 'w'],
        ['Conv', ['xr', 'w', 'conv.bias'], 'c'],
        ['Relu', ['c'], 'r'],
        ...rounded('r', 'rr'),
        ['GlobalAveragePool', ['rr'], 'p'],
        ['Flatten', ['p'], 'f'],
        ['QuantizeLinear', ['fc.weight', 'wscale', 'wzero'], 'dq'],
        ['DequantizeLinear', ['dq', 'wscale', 'wzero'], 'd'],
        ['Gemm', ['f', 'd', 'fc.bias'], 'y', { transB: 1 }],
      ],
      {
        opset: 13,
        tensors: [
          ...common,
          floats('wscale', [], [0.005]),
          int8('wzero', [], [0]),
          floats('conv.weight', [4, 2, 3, 3], kernel),
          floats('conv.bias', [4]),
          floats('fc.weight', [5, 4], dense),
          floats('fc.bias', [5]),
        ],
      },
    );
    const read = readOnnx(bytes);
    expect(read.network.nodes.map(({ op }) => op)).toEqual([
      'Conv2D',
      'Relu',
      'GlobalAvgPool',
      'Flatten',
      'Dense',
    ]);
    expect(zerosIn(read.weights.get('conv.weight')?.data)).toBe(48);
    expect(zerosIn(read.weights.get('fc.weight')?.data)).toBe(13);
    expect(read.notes).toEqual([
      expect.stringMatching(/rounds 2 stored tensors and 2 values to whole numbers/),
    ]);
    expect(await apart(bytes, read)).toBeLessThan(0.1);
  });

  it('Neural Compressor: stored int8 weights with a scale for each channel, int32 biases, and no Relu where the rounding cuts at zero', async () => {
    const kernel = [...normalTensor([4, 2, 3, 3], 'k').data].map((value, i) =>
      i % 2 === 0 ? Math.max(-127, Math.min(127, Math.round(value * 60))) : 0,
    );
    const scales = [0.004, 0.006, 0.005, 0.003];
    const zeros = kernel.filter((value) => value === 0).length;
    const bytes = model(
      [
        ...rounded('x', 'xr'),
        ['DequantizeLinear', ['w_quantized', 'w_scale', 'w_zero'], 'w', { axis: 0 }],
        ['DequantizeLinear', ['b_quantized', 'b_scale', 'b_zero'], 'b', { axis: 0 }],
        ['Conv', ['xr', 'w', 'b'], 'c'],
        ...rounded('c', 'cr', 'least'),
        ['GlobalAveragePool', ['cr'], 'p'],
        ['Flatten', ['p'], 'y'],
      ],
      {
        opset: 13,
        tensors: [
          ...common,
          int8('w_quantized', [4, 2, 3, 3], kernel),
          floats('w_scale', [4], scales),
          int8('w_zero', [4], [0, 0, 0, 0]),
          int32('b_quantized', [4], [100, -200, 50, 0]),
          floats(
            'b_scale',
            [4],
            scales.map((scale) => scale * SCALE),
          ),
          int32('b_zero', [4], [0, 0, 0, 0]),
        ],
      },
    );
    const read = readOnnx(bytes);
    expect(read.network.nodes.map(({ op }) => op)).toEqual(['Conv2D', 'Relu', 'GlobalAvgPool', 'Flatten']);
    const weights = [...read.weights.values()].find(({ shape }) => shape.length === 4);
    expect(zerosIn(weights?.data)).toBe(zeros);
    expect(weights?.data[0]).toBeCloseTo((kernel[0] ?? NaN) * 0.004, 7);
    expect(read.notes).toEqual([expect.stringMatching(/rounds 2 stored tensors and 2 values/)]);
    expect(await apart(bytes, read)).toBeLessThan(0.1);
  });

  it('NNI: layers that still multiply their weights with masks, which become zeros', async () => {
    const mask = Array.from({ length: 20 }, (_, i) => Number(i % 5 === 0));
    const bytes = model(
      [
        ['Mul', ['layer.weight', 'layer.weight_mask'], 'masked'],
        ['Gemm', ['x', 'masked', 'layer.bias'], 'h', { transB: 1 }],
        ['Relu', ['h'], 'y'],
      ],
      {
        input: ['n', 4],
        tensors: [
          floats('layer.weight', [5, 4]),
          floats('layer.weight_mask', [5, 4], mask),
          floats('layer.bias', [5]),
        ],
      },
    );
    const read = await expectSame(bytes);
    expect(read.network.nodes.map(({ op }) => op)).toEqual(['Dense', 'Relu']);
    const weights = [...read.weights.values()].find(({ shape }) => shape.length === 2);
    expect(zerosIn(weights?.data)).toBe(16);
    expect(read.notes).toEqual([]);
  });

  it('what tools add about themselves is kept and changes nothing', () => {
    const graph = {
      name: 'g',
      nodes: [{ name: 'a', opType: 'Gemm', inputs: ['x', 'w'], outputs: ['y'], attrs: {} }],
      initializers: [floats('w', [4, 3], sparse([4, 3], 'w'))],
      inputs: [{ name: 'x', type: OnnxType.float32, dims: ['n', 4] }],
      outputs: [{ name: 'y', type: OnnxType.float32, dims: ['n', 3] }],
    };
    const metadata = {
      framework: 'PyTorch',
      sparseml_recipe: 'modifiers: []',
      'onnx.infer': 'onnxruntime.quant',
    };
    const read = readOnnx(
      encodeModel({
        irVersion: 8,
        opsets: [
          { domain: '', version: 13 },
          { domain: 'com.microsoft', version: 1 },
        ],
        producer: { name: 'onnx.quantize', version: '0.1.0' },
        graph,
        metadata,
      }),
    );
    expect(read.metadata).toEqual(metadata);
    expect(read.producer).toContain('onnx.quantize');
    expect(zerosIn(read.weights.get('w')?.data)).toBe(8);
  });

  it.each([['QLinearConv'], ['ConvInteger'], ['DynamicQuantizeLinear'], ['MatMulInteger']])(
    'what computes in whole numbers has no counterpart, and is named: %s',
    (op) => {
      const bytes = model([[op, ['x', 'w'], 'y']], {
        opset: 13,
        tensors: [int8('w', [4, 2, 3, 3], [...Array(72).keys()])],
      });
      expect(() => readOnnx(bytes)).toThrow(new RegExp(`${op}.*already quantised`));
    },
  );

  it('a pair that goes back by another scale is no rounding, and is refused', () => {
    const bytes = model(
      [
        ['QuantizeLinear', ['x', 'scale', 'zero'], 'q'],
        ['DequantizeLinear', ['q', 'other', 'zero'], 'y'],
      ],
      { opset: 13, tensors: [...common, floats('other', [], [0.5])] },
    );
    expect(() => readOnnx(bytes)).toThrow(/QuantizeLinear/);
  });
});
