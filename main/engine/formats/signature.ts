import type { Network } from '../network/graph.ts';
import { inferShapes } from '../network/shape.ts';
import type { OnnxType } from '../protobuf/onnx.ts';
import { theirShape } from './keras/regroup.ts';

/** Type of the numbers that an input or output has. */
export type ElementType = keyof typeof OnnxType;

/** One input or output of a file, as other programs see it. */
export interface Port {
  readonly name: string;
  readonly type: ElementType;
  /** All axes in the file's own order, the batch first; null for a size that is open. */
  readonly shape: readonly (number | null)[];
}

/** What a file takes and gives. What is exported of its network takes and gives the same. */
export interface Signature {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** The signature of a file of Keras or TensorFlow.js: any batch, and images with their channels last. */
export function channelsLastSignature(network: Network): Signature {
  const shapes = inferShapes(network, 1);
  const port = (name: string): Port => {
    const [, ...sample] = theirShape({ shape: shapes.get(name) ?? [] });
    return { name, type: 'float32', shape: [null, ...sample] };
  };
  return { inputs: network.inputs.map(({ name }) => port(name)), outputs: network.outputs.map(port) };
}
