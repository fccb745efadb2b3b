import { encodeModel, OnnxType } from '../../../main/engine/protobuf/onnx.ts';
import type { OnnxModel, OnnxTensor, OnnxTypeNumber } from '../../../main/engine/protobuf/onnx.ts';

export function float32(name: string, dims: number[], values: ArrayLike<number>): OnnxTensor {
  return { name, dims, type: OnnxType.float32, raw: new Uint8Array(Float32Array.from(values).buffer) };
}

/** A model of one Gemm: logits = x W^T + b, with `features` inputs and as many classes as there are biases. */
export function linearModel(
  weight: ArrayLike<number>,
  bias: readonly number[],
  batch: number | string = 'batch',
  outputType: OnnxTypeNumber = OnnxType.float32,
): Uint8Array {
  const classes = bias.length;
  const features = weight.length / classes;
  const cast = outputType === OnnxType.float32 ? [] : [outputType];
  const model: OnnxModel = {
    irVersion: 8,
    opsets: [{ domain: '', version: 17 }],
    producer: { name: 'tests', version: '0' },
    graph: {
      name: 'linear',
      nodes: [
        {
          opType: 'Gemm',
          inputs: ['x', 'w', 'b'],
          outputs: [cast.length > 0 ? 'y' : 'logits'],
          attrs: { transB: 1 },
        },
        ...cast.map((to) => ({ opType: 'Cast', inputs: ['y'], outputs: ['logits'], attrs: { to } })),
      ],
      initializers: [float32('w', [classes, features], weight), float32('b', [classes], bias)],
      inputs: [{ name: 'x', type: OnnxType.float32, dims: [batch, features] }],
      outputs: [{ name: 'logits', type: outputType, dims: [batch, classes] }],
    },
  };
  return encodeModel(model);
}
