import { describe, expect, it } from 'vitest';
import { summarizeOnnx } from '../../../main/engine/evaluate/onnx-summary.ts';
import { encodeModel, OnnxType } from '../../../main/engine/formats/onnx/proto.ts';
import { Random } from '../../../main/engine/random.ts';
import { float32 } from './models.ts';

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
  it('tells operators, tensors and metadata; zeros are zeros of either sign, denormals are not', () => {
    expect(summarizeOnnx(bytes)).toEqual({
      producer: 'tests 1.2',
      opset: 17,
      metadata: { 'espalier.recipe': '{"seed":7}', note: 'ü' },
      ops: { Gemm: 1, Relu: 2 },
      tensors: [
        { name: 'w', shape: [2, 3], elements: 6, nonzero: 3 },
        { name: 'axes', shape: [1], elements: 1, nonzero: null },
        { name: 'scalar', shape: [], elements: 1, nonzero: 0 },
      ],
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
});
