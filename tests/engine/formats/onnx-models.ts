import type {
  OnnxAttribute,
  OnnxModel,
  OnnxTensor,
  OnnxTypeNumber,
} from '../../../main/engine/protobuf/onnx.ts';
import { encodeModel, OnnxType } from '../../../main/engine/protobuf/onnx.ts';
import { normalTensor } from '../network/run.ts';

/** A model of a few nodes on an input 'x', as another program might write it. */
export function model(
  nodes: readonly [op: string, inputs: string[], output: string, attrs?: Record<string, OnnxAttribute>][],
  {
    tensors = [],
    input = ['n', 2, 4, 4],
    opset = 17,
    inputType = OnnxType.float32,
    outputs,
  }: {
    tensors?: OnnxTensor[];
    input?: (number | string)[];
    opset?: number;
    inputType?: OnnxTypeNumber;
    /** The last node's when left out. */
    outputs?: Record<string, OnnxTypeNumber>;
  } = {},
): Uint8Array {
  const full: OnnxModel = {
    irVersion: 8,
    opsets: [{ domain: '', version: opset }],
    producer: { name: 'test', version: '1' },
    graph: {
      name: 'g',
      nodes: nodes.map(([opType, inputs, output, attrs = {}], i) => ({
        name: `node${i}`,
        opType,
        inputs,
        outputs: [output],
        attrs,
      })),
      initializers: tensors,
      inputs: [{ name: 'x', type: inputType, dims: input }],
      outputs: Object.entries(outputs ?? { [nodes.at(-1)?.[2] ?? '']: OnnxType.float32 }).map(
        ([name, type]) => ({ name, type, dims: ['n'] }),
      ),
    },
  };
  return encodeModel(full);
}

export const floats = (name: string, dims: number[], values?: number[]): OnnxTensor => {
  const { data } = normalTensor(dims, name);
  return {
    name,
    dims,
    type: OnnxType.float32,
    raw: new Uint8Array((values === undefined ? data : Float32Array.from(values)).buffer),
  };
};
export const ints = (name: string, values: number[], dims = [values.length]): OnnxTensor => ({
  name,
  dims,
  type: OnnxType.int64,
  raw: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
});
