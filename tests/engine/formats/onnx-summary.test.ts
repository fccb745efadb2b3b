import protobuf from 'protobufjs/minimal.js';
import { describe, expect, it } from 'vitest';
import { withExternal } from './external-model.ts';
import { summarizeOnnx } from '../../../main/engine/formats/onnx/summary.ts';
import { encodeModel, OnnxType } from '../../../main/engine/protobuf/onnx.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { float32 } from '../evaluate/models.ts';

const bytes = encodeModel({
  irVersion: 8,
  opsets: [
    { domain: 'com.example', version: 3 },
    { domain: '', version: 17 },
  ],
  producer: { name: 'tests', version: '1.2' },
  graph: {
    name: 'g',
    nodes: [
      { opType: 'Gemm', inputs: ['x', 'w'], outputs: ['a'], attrs: { transB: 1 } },
      { opType: 'Relu', inputs: ['a'], outputs: ['b'], attrs: {} },
      { opType: 'Relu', inputs: ['b'], outputs: ['y'], attrs: {} },
    ],
    initializers: [
      float32('w', [2, 3], [0, -0, 1.5, 0, 1e-40, -2]),
      { name: 'axes', dims: [1], type: OnnxType.int64, raw: new Uint8Array(8) },
      float32('scalar', [], [0]),
    ],
    inputs: [{ name: 'x', type: OnnxType.float32, dims: ['batch', 3] }],
    outputs: [{ name: 'y', type: OnnxType.float32, dims: ['batch', 2] }],
  },
  metadata: { 'espalier.recipe': '{"seed":7}', note: 'ü' },
});

describe('summarizeOnnx', () => {
  it('counts the zeros of whole weights at their zero point, also where bytes are written as int32_data', () => {
    const tensor = (name: string, type: number, dims: number[], values: number[]) => {
      const writer = protobuf.Writer.create();
      for (const dim of dims) writer.uint32(0x08).int64(dim);
      writer.uint32(0x10).int32(type).uint32(0x2a).fork();
      for (const value of values) writer.int32(value);
      return writer.ldelim().uint32(0x42).string(name).finish();
    };
    const node = protobuf.Writer.create();
    for (const input of ['x', 'xs', 'xz', 'w', 'ws', 'wz']) node.uint32(0x0a).string(input);
    node.uint32(0x12).string('y').uint32(0x22).string('QLinearConv');
    const graph = protobuf.Writer.create().uint32(0x0a).bytes(node.finish());
    const weights = [123, 0, 255, 123, 124, 123];
    const stored = [
      tensor('w', OnnxType.uint8, [2, 3, 1, 1], weights),
      tensor('wz', OnnxType.uint8, [], [123]),
    ];
    for (const bytes of stored) graph.uint32(0x2a).bytes(bytes);
    const summary = summarizeOnnx(protobuf.Writer.create().uint32(0x3a).bytes(graph.finish()).finish());
    expect(summary.tensors.find(({ name }) => name === 'w')).toMatchObject({ elements: 6, nonzero: 3 });
    expect(summary).toMatchObject({ weights: ['w'], eightBits: true, wideWeights: [] });
    // Signed, negative numbers take ten bytes each there; the last one goes beyond 7 bits.
    const signed = (last: number) => {
      const graph = protobuf.Writer.create().uint32(0x0a).bytes(node.finish());
      const bytes = tensor('w', OnnxType.int8, [2, 1, 1, 1], [-64, last]);
      graph.uint32(0x2a).bytes(bytes);
      return summarizeOnnx(protobuf.Writer.create().uint32(0x3a).bytes(graph.finish()).finish()).wideWeights;
    };
    expect(signed(64)).toEqual([]);
    expect(signed(-65)).toEqual(['w']);
  });

  it('tells operators, tensors and metadata; zeros are zeros of either sign, denormals are not', () => {
    expect(summarizeOnnx(bytes)).toEqual({
      producer: 'tests 1.2',
      opset: 17,
      metadata: { 'espalier.recipe': '{"seed":7}', note: 'ü' },
      eightBits: false,
      wideWeights: [],
      ops: { Gemm: 1, Relu: 2 },
      tensors: [
        {
          name: 'w',
          shape: [2, 3],
          elements: 6,
          nonzero: 3,
          type: 'float32',
          encoding: 'dense',
          bytes: 24,
          encodings: { dense: 24, sparse: 36, bitmap: 13, gaps: 15, csr: 27 },
        },
        {
          name: 'axes',
          shape: [1],
          elements: 1,
          nonzero: null,
          type: 'int64',
          encoding: 'dense',
          bytes: 8,
          encodings: null,
        },
        {
          name: 'scalar',
          shape: [],
          elements: 1,
          nonzero: 0,
          type: 'float32',
          encoding: 'dense',
          bytes: 4,
          encodings: { dense: 4, sparse: 0, bitmap: 1, gaps: 0, csr: 8 },
        },
      ],
      weights: ['w'],
    });
  });

  it('counts positions and values of sparse tensors, and finds the weights behind other types and orders', () => {
    const model = {
      irVersion: 8,
      opsets: [{ domain: '', version: 17 }],
      producer: { name: 'tests', version: '' },
      graph: {
        name: 'g',
        nodes: [
          { opType: 'DequantizeLinear', inputs: ['q', 's'], outputs: ['t'], attrs: {} },
          { opType: 'Transpose', inputs: ['t'], outputs: ['u'], attrs: {} },
          { opType: 'MatMul', inputs: ['x', 'u'], outputs: ['a'], attrs: {} },
          { opType: 'Gemm', inputs: ['a', 'w'], outputs: ['y'], attrs: {} },
        ],
        initializers: [
          { name: 'q', dims: [2, 2], type: OnnxType.int8, raw: Uint8Array.of(0, 255, 0, 3) },
          float32('s', [], [1]),
        ],
        sparseInitializers: [
          {
            dims: [10, 100],
            values: float32('w', [3], [1, 2, 3]),
            indices: {
              name: 'w_indices',
              dims: [3],
              type: OnnxType.int64,
              raw: new Uint8Array(BigInt64Array.of(4n, 5n, 700n).buffer),
            },
          },
        ],
        inputs: [{ name: 'x', type: OnnxType.float32, dims: ['batch', 2] }],
        outputs: [{ name: 'y', type: OnnxType.float32, dims: ['batch', 2] }],
      },
    };
    const { tensors, weights } = summarizeOnnx(encodeModel(model));
    expect(weights).toEqual(['q', 'w']);
    expect(tensors.find(({ name }) => name === 'q')).toMatchObject({ type: 'int8', nonzero: 2, bytes: 4 });
    expect(tensors.find(({ name }) => name === 'w')).toEqual({
      name: 'w',
      shape: [10, 100],
      elements: 1000,
      nonzero: 3,
      type: 'float32',
      encoding: 'sparse',
      bytes: 36,
      // Gaps of 4, 0 and 694 zeros: the last one needs two groups of seven bits.
      encodings: { dense: 4000, sparse: 36, bitmap: 137, gaps: 16, csr: 59 },
    });
  });

  it('answers damaged files with an error that names the file, or with what is left; never with a crash', () => {
    const random = Random.from(1, 'damage');
    let refused = 0;
    for (let i = 0; i < 500; i++) {
      const damaged = bytes.slice(0, i % 2 === 0 ? random.int(bytes.length) : bytes.length);
      for (let k = 0; k < i % 4; k++) damaged[random.int(Math.max(damaged.length, 1))] = random.int(256);
      try {
        summarizeOnnx(damaged, 'x.onnx');
      } catch (error) {
        expect(error).toMatchObject({ problem: { code: 'onnx/unreadable', file: 'x.onnx', kind: 'input' } });
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(200);
    expect(() => summarizeOnnx(new Uint8Array())).toThrow('0 graphs');
  });

  it('counts the bytes of numbers in another file', () => {
    const { tensors } = summarizeOnnx(withExternal('w.bin'));
    expect(tensors).toMatchObject([{ name: 'w', shape: [3, 2], bytes: 24, nonzero: null }]);
  });
});
