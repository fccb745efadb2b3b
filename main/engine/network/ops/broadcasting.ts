import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import type { Node } from '../graph.ts';
import { bothInputs, flagAttr, nodeError, onlyInput, paramShape, showShape } from '../node-reading.ts';
import type { OpSpec, OpTraits } from '../op.ts';

/** What a two-input arithmetic op has to say of itself; `onnx` is its ONNX name. */
interface Broadcasting extends OpTraits {
  readonly onnx: string;
  readonly apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
}

/**
 * The record of an op on two values, element by element, with NumPy's broadcasting. One of them may be a parameter in the
 * role 'constant' instead of an input: the second, or the first with the attribute `constantFirst`.
 */
export function broadcasting({ onnx, apply, ...about }: Broadcasting): OpSpec {
  return {
    ...about,

    infer(node, inputs, network) {
      const constant = paramShape(node, network, 'constant');
      const [a, b] = operands(node, inputs, constant);
      const shape = broadcastShape(node, a, b);
      if (constant !== undefined && shape[0] !== onlyInput(node, inputs)[0]) {
        throw nodeError(node, `has a constant of shape ${showShape(constant)}, which reaches over the batch`);
      }
      return [shape];
    },

    forward(ctx, node, inputs) {
      const rank = Math.max(...inputs.map((input) => input.shape.length));
      const constant = ctx.optionalParam(node, 'constant');
      const [a, b] = operands(node, inputs, constant && Activation.of(ofRank(constant, rank)));
      const spatial = a.shape.length === 4 && b.shape.length === 4 && (a.isChannelsLast || b.isChannelsLast);
      return [
        spatial
          ? Activation.channelsLast(apply(a.spatial(), b.spatial()) as tf.Tensor4D)
          : Activation.of(apply(a.logical(), b.logical())),
      ];
    },

    emit(ctx, node, inputs) {
      const constant = ctx.param(node, 'constant');
      ctx.node(onnx, operands(node, inputs, constant === '' ? undefined : constant), {}, node.outputs);
    },
  };
}

/** Both operands in order, whichever of them is a constant. */
function operands<T>(node: Node, inputs: readonly T[], constant: T | undefined): [T, T] {
  if (constant === undefined) return bothInputs(node, inputs);
  const input = onlyInput(node, inputs);
  return flagAttr(node, 'constantFirst', false) ? [constant, input] : [input, constant];
}

function broadcastShape(node: Node, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[a.length - rank + i] ?? 1;
    const right = b[b.length - rank + i] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw nodeError(node, `cannot combine ${showShape(a)} with ${showShape(b)}`);
    }
    return left === 1 ? right : left;
  });
}

/** A tensor with axes of size 1 put before, so that it can follow a value into another layout. */
function ofRank(tensor: tf.Tensor, rank: number): tf.Tensor {
  const missing = Math.max(0, rank - tensor.shape.length);
  return tf.reshape(tensor, [...Array<number>(missing).fill(1), ...tensor.shape]);
}
