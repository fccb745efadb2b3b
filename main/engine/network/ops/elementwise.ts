import type * as tf from '@tensorflow/tfjs-core';
import type { Node } from '../graph.ts';
import { onlyInput } from '../node-reading.ts';
import type { EmitContext, OpSpec, OpTraits } from '../op.ts';

/** What an activation function has to say of itself: its value, and its ONNX nodes. */
interface Elementwise extends OpTraits {
  readonly apply: (x: tf.Tensor, node: Node) => tf.Tensor;
  readonly emit: (ctx: EmitContext, node: Node, input: string) => void;
}

/** The record of an op that maps one value to one of the same shape, element by element. */
export function elementwise({ apply, emit, ...about }: Elementwise): OpSpec {
  return {
    ...about,
    infer: (node, inputs) => [onlyInput(node, inputs)],
    forward: (_, node, inputs) => [onlyInput(node, inputs).map((x) => apply(x, node))],
    emit: (ctx, node, inputs) => emit(ctx, node, onlyInput(node, inputs)),
  };
}
