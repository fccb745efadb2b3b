import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../../main/engine/formats/read.ts';
import type { TensorData } from '../../../main/engine/network/graph.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';
import { difference, normalTensor, runTf } from '../network/run.ts';
import { runTensorFlowJs } from './tensorflow-js.ts';

const folder = temporaryFolder();

type Attr = Readonly<Record<string, unknown>>;
const node = (name: string, op: string, input: readonly string[] = [], attr: Attr = {}) => ({
  ...{ name, op, input, attr },
});
const ints = (...i: number[]) => ({ list: { i } });
const texts = (...s: string[]) => ({ list: { s: s.map((text) => Buffer.from(text).toString('base64')) } });
const mask = (bits: number) => ({ i: bits });

interface Stored {
  readonly tensor: TensorData;
  readonly dtype?: 'int32';
}
const list = (...values: number[]): Stored => ({
  tensor: { shape: [values.length], data: Float32Array.from(values) },
  dtype: 'int32',
});
const scalar = (value: number): Stored => ({
  tensor: { shape: [], data: Float32Array.of(value) },
  dtype: 'int32',
});
const floats = (shape: readonly number[], label: string): Stored => ({ tensor: normalTensor(shape, label) });

/** A graph of nodes behind the input 'x', with stored tensors; the last node is the output. */
function files(
  sample: readonly number[],
  nodes: readonly ReturnType<typeof node>[],
  stored: Readonly<Record<string, Stored>>,
  surplus = 0,
) {
  const dim = [-1, ...sample].map((size) => ({ size: String(size) }));
  const placeholder = node('x', 'Placeholder', [], {
    dtype: { type: 'DT_FLOAT' },
    shape: { shape: { dim } },
  });
  const constants = Object.entries(stored).map(([name, { dtype }]) =>
    node(name, 'Const', [], {
      dtype: { type: dtype === undefined ? 'DT_FLOAT' : 'DT_INT32' },
      value: { tensor: { dtype: dtype === undefined ? 'DT_FLOAT' : 'DT_INT32', tensorShape: {} } },
    }),
  );
  const weights = Object.entries(stored).map(([name, { tensor, dtype = 'float32' }]) => ({
    ...{ name, shape: tensor.shape, dtype },
  }));
  const bytes = Buffer.concat([
    ...Object.values(stored).map(({ tensor: { data }, dtype }) =>
      Buffer.from((dtype === undefined ? Float32Array.from(data) : Int32Array.from(data)).buffer),
    ),
    Buffer.alloc(surplus),
  ]);
  const last = nodes.at(-1)?.name ?? '';
  const json = {
    format: 'graph-model',
    modelTopology: { node: [placeholder, ...constants, ...nodes], library: {}, versions: {} },
    signature: { inputs: { x: { name: 'x:0' } }, outputs: { y: { name: `${last}:0` } } },
    weightsManifest: weights.length === 0 ? [] : [{ paths: ['weights.bin'], weights }],
  };
  return [
    { name: 'model.json', kind: 'tfjs', bytes: Buffer.from(JSON.stringify(json)) },
    { name: 'weights.bin', kind: 'tfjs-weights', bytes },
  ];
}

async function read(made: ReturnType<typeof files>) {
  const name = `graph${Math.random()}`;
  await mkdir(join(folder, name));
  for (const file of made) await writeFile(join(folder, name, file.name), file.bytes);
  return readModel(name, folder);
}

/**
 * What TensorFlow.js makes of the graph, and what we make of it.
 * @param sample in our order of axes; TensorFlow.js gets images with their channels last
 */
async function expectSame(
  sample: readonly number[],
  nodes: readonly ReturnType<typeof node>[],
  stored: Readonly<Record<string, Stored>> = {},
): Promise<void> {
  const [channels = 1, ...size] = sample;
  const made = files(sample.length === 3 ? [...size, channels] : sample, nodes, stored);
  const input = normalTensor([2, ...sample], 'x');
  const { network, weights } = await read(made);
  const theirs = await runTensorFlowJs(made, [input]);
  expect(difference(runTf(network, weights, { x: input }), theirs.output)).toBeLessThan(1e-5);
}

describe('operations of TensorFlow.js graphs', () => {
  const onImages = (
    nodes: readonly ReturnType<typeof node>[],
    stored: Readonly<Record<string, Stored>> = {},
  ) => expectSame([3, 5, 4], nodes, stored);

  it('AddN', async () => {
    const nodes = [node('a', 'Relu', ['x']), node('b', 'Abs', ['x']), node('y', 'AddN', ['x', 'a', 'b'])];
    await expectSame([6], nodes);
    await onImages(nodes);
    await expectSame([6], [node('y', 'AddN', ['x'])]);
  });

  it('StridedSlice that takes axes away or adds them', async () => {
    const strided = (masks: Attr) => [node('y', 'StridedSlice', ['x', 'begin', 'end', 'step'], masks)];
    const at = (begin: number[], end: number[], step: number[]) => ({
      ...{ begin: list(...begin), end: list(...end), step: list(...step) },
    });
    const whole = { begin_mask: mask(1), end_mask: mask(1) };
    const tokens = [5, 6];
    // x[:, 2]
    await expectSame(tokens, strided({ ...whole, shrink_axis_mask: mask(2) }), at([0, 2], [0, 3], [1, 1]));
    // x[:, -1]
    await expectSame(tokens, strided({ ...whole, shrink_axis_mask: mask(2) }), at([0, -1], [0, 0], [1, 1]));
    // x[:, 1:-1, 3]
    await expectSame(
      tokens,
      strided({ ...whole, shrink_axis_mask: mask(4) }),
      at([0, 1, 3], [0, -1, 4], [1, 1, 1]),
    );
    // x[:, None]
    await expectSame(tokens, strided({ ...whole, new_axis_mask: mask(2) }), at([0, 0], [0, 1], [1, 1]));
    // x[..., ::2]
    await expectSame(
      tokens,
      strided({ begin_mask: mask(2), end_mask: mask(2), ellipsis_mask: mask(1) }),
      at([0, 0], [0, 0], [1, 2]),
    );
    // x[..., 0] and x[:, :, 1] of images, where the axes lie elsewhere.
    await onImages(
      strided({ ellipsis_mask: mask(1), shrink_axis_mask: mask(2) }),
      at([0, 0], [0, 1], [1, 1]),
    );
    await onImages(
      strided({ begin_mask: mask(3), end_mask: mask(3), shrink_axis_mask: mask(4) }),
      at([0, 0, 1], [0, 0, 2], [1, 1, 1]),
    );
    await onImages(strided(whole), at([0, 1, 1], [0, 4, 4], [1, 2, 1]));
    const batch = files(tokens, strided({}), at([0], [1], [1]));
    await expect(read(batch)).rejects.toEqual(
      problemWith({ code: 'tfjs/unsupported', message: expect.stringContaining('batch') as string }),
    );
    const backwards = files(tokens, strided(whole), at([0, 4], [0, 0], [1, -1]));
    await expect(read(backwards)).rejects.toEqual(problemWith({ code: 'tfjs/unsupported', field: 'y' }));
  });

  it('products with PReLU fused to them, with and without a bias', async () => {
    const window = {
      strides: ints(1, 1, 1, 1),
      dilations: ints(1, 1, 1, 1),
      padding: { s: Buffer.from('SAME').toString('base64') },
    };
    const fused = (op: string, inputs: string[], functions: string[], attrs: Attr = {}) => [
      node('y', op, ['x', 'kernel', ...inputs], {
        ...{ fused_ops: texts(...functions), num_args: { i: String(inputs.length) } },
        ...attrs,
      }),
    ];
    const kernel = floats([3, 3, 3, 4], 'kernel');
    const [bias, alpha] = [floats([4], 'bias'), floats([4], 'alpha')];
    await onImages(fused('_FusedConv2D', ['bias', 'alpha'], ['BiasAdd', 'Prelu'], window), {
      kernel,
      bias,
      alpha,
    });
    const leaky = { ...window, leakyrelu_alpha: { f: 0.3 } };
    await onImages(fused('_FusedConv2D', ['bias'], ['BiasAdd', 'LeakyRelu'], leaky), { kernel, bias });
    const depth = floats([3, 3, 3, 1], 'depth');
    const three = { kernel: depth, bias: floats([3], 'b3'), alpha: floats([3], 'a3') };
    await onImages(
      fused('FusedDepthwiseConv2dNative', ['bias', 'alpha'], ['BiasAdd', 'Prelu'], window),
      three,
    );
    const matrix = floats([6, 4], 'matrix');
    await expectSame([6], fused('_FusedMatMul', ['bias', 'alpha'], ['BiasAdd', 'Prelu']), {
      ...{ kernel: matrix, bias, alpha },
    });
  });

  it('arithmetic of older converters, on values and on shapes', async () => {
    await expectSame([6], [node('y', 'Square', ['x'])]);
    await expectSame([6], [node('a', 'Square', ['x']), node('y', 'Rsqrt', ['a'])]);
    await expectSame([6], [node('a', 'Relu', ['x']), node('y', 'SquaredDifference', ['x', 'a'])]);
    await onImages([node('y', 'SquaredDifference', ['x', 'mean'])], { mean: floats([3], 'mean') });
    await onImages([node('a', 'Relu', ['x']), node('y', 'ConcatV2', ['x', 'a', 'axis'])], {
      axis: scalar(3),
    });
    await expectSame([6], [node('y', 'StopGradient', ['x'])]);
    // tf.reshape(x, [tf.shape(x)[0], tf.shape(x)[1] * 12]), as converters leave it.
    const nodes = [
      node('shape', 'Shape', ['x']),
      node('batch', 'StridedSlice', ['shape', 'zero', 'one', 'one'], { shrink_axis_mask: mask(1) }),
      node('rows', 'StridedSlice', ['shape', 'one', 'two', 'one'], { shrink_axis_mask: mask(1) }),
      node('size', 'Mul', ['rows', 'twelve']),
      node('wanted', 'Pack', ['batch', 'size'], { axis: { i: 0 }, N: { i: 2 } }),
      node('y', 'Reshape', ['x', 'wanted']),
    ];
    await onImages(nodes, { zero: list(0), one: list(1), two: list(2), twelve: scalar(12) });
  });

  it('reads flags that are written as numbers', async () => {
    const weight = { w: floats([4, 6], 'w') };
    const written = (flag: unknown) =>
      files([6], [node('y', 'MatMul', ['x', 'w'], { transpose_b: { b: flag } })], weight);
    const [truth, number] = [await read(written(true)), await read(written(1))];
    expect(number.network).toEqual({ ...truth.network, name: number.network.name });
    expect([...number.weights]).toEqual([...truth.weights]);
    await expect(read(written(2))).rejects.toEqual(problemWith({ code: 'tfjs/graph' }));
  });

  it('leaves bytes that belong to no weight out, and says so', async () => {
    const nodes = [node('y', 'MatMul', ['x', 'w'])];
    const { notes, weights } = await read(files([6], nodes, { w: floats([6, 4], 'w') }, 40));
    expect(notes).toEqual(['40 bytes at the end of weights.bin belong to no weight: they are left out.']);
    expect(weights.get('w')?.data).toHaveLength(24);
    expect((await read(files([6], nodes, { w: floats([6, 4], 'w') }))).notes).toEqual([]);
  });
});
