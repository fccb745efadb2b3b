import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { passAxes } from '../coupling/passes.ts';
import { axisAttr, nodeError, onlyInput } from '../node-reading.ts';
import type { OpSpec, OpTraits } from '../op.ts';

/** What a function along one axis has to say of itself; `onnx` is its ONNX name, `apply` works on the last axis. */
interface AlongAxis extends OpTraits {
  readonly onnx: string;
  readonly apply: (x: tf.Tensor) => tf.Tensor;
  /** Whether what it makes adds up to 1 along the axis. */
  readonly makesShares?: true;
}

/** The record of an op that keeps the shape and works along the attribute `axis` (the last one). */
export function alongAxis({ onnx, apply, makesShares, ...about }: AlongAxis): OpSpec {
  return {
    ...about,

    infer(node, inputs) {
      const shape = onlyInput(node, inputs);
      if (axisAttr(node, 'axis', shape.length, -1) === 0) throw nodeError(node, 'works along the batch');
      return [shape];
    },

    couple(c) {
      const along = axisAttr(c.node, 'axis', c.rank(0), -1);
      passAxes(c, 'indices', [along]);
      c.same(c.input(along), c.output(along));
      if (makesShares === true) c.shares(c.output(along));
      c.hold(c.input(along), 'divides by a sum over all of them');
    },

    forward(_, node, inputs) {
      const input = onlyInput(node, inputs);
      const rank = input.shape.length;
      const axis = axisAttr(node, 'axis', rank, -1);
      if (rank === 4 && axis === 1) return [Activation.channelsLast(apply(input.spatial()) as tf.Tensor4D)];
      const order = input.shape.map((_dim, i) => i);
      order[axis] = rank - 1;
      order[rank - 1] = axis;
      // Exchanging two axes is its own inverse.
      return [Activation.of(tf.transpose(apply(tf.transpose(input.logical(), order)), order))];
    },

    emit(ctx, node, inputs) {
      const input = onlyInput(node, inputs);
      const axis = axisAttr(node, 'axis', ctx.shape(input).length, -1);
      ctx.node(onnx, [input], { axis }, node.outputs);
    },
  };
}
