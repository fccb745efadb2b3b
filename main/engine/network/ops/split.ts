import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import type { Node } from '../graph.ts';
import { axisAttr, integersAttr, nodeError, onlyInput } from '../node-reading.ts';
import type { OpSpec } from '../op.ts';

/** Cuts a value into parts along `axis`; attribute `sizes`: their lengths, in order. */
export const split: OpSpec = {
  summary: 'a value cut into parts along an axis',
  neverNegative: (_, inputs) => inputs,

  infer(node, inputs) {
    const shape = onlyInput(node, inputs);
    const { axis, sizes } = cutOf(node, shape);
    return sizes.map((size) => shape.map((dim, i) => (i === axis ? size : dim)));
  },

  couple(c) {
    const along = axisAttr(c.node, 'axis', c.rank(0), 1);
    for (let axis = 1; axis < c.rank(0); axis++) {
      let offset = 0;
      for (let i = 0; i < c.outputs; i++) {
        c.run(c.input(axis), offset, c.output(axis, i), 0);
        if (axis === along) offset += c.output(axis, i).size;
        c.passes(c.output(axis, i), c.input(axis));
      }
    }
  },

  resized(node, left) {
    const axis = axisAttr(node, 'axis', left.shape(0).length, 1);
    return { sizes: Array.from({ length: left.outputs }, (_, i) => left.output(axis, i).length) };
  },

  forward(_, node, inputs) {
    const input = onlyInput(node, inputs);
    const { axis, sizes } = cutOf(node, input.shape);
    if (input.isChannelsLast) {
      const parts = tf.split<tf.Tensor4D>(input.spatial(), sizes, [0, 3, 1, 2][axis]);
      return parts.map((part) => Activation.channelsLast(part));
    }
    return tf.split(input.logical(), sizes, axis).map((part) => Activation.of(part));
  },

  emit(ctx, node, inputs) {
    const input = onlyInput(node, inputs);
    const { axis, sizes } = cutOf(node, ctx.shape(input));
    ctx.node('Split', [input, ctx.int64(sizes)], { axis }, node.outputs);
  },
};

function cutOf(node: Node, shape: readonly number[]): { axis: number; sizes: number[] } {
  const axis = axisAttr(node, 'axis', shape.length, 1);
  const sizes = [...integersAttr(node, 'sizes')];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (axis === 0) throw nodeError(node, 'cuts the batch, which is not supported');
  if (total !== shape[axis] || sizes.some((size) => size < 1)) {
    throw nodeError(node, `cannot cut ${shape[axis]} entries into parts of ${sizes.join(', ')}`);
  }
  return { axis, sizes };
}
