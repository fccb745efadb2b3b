import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { axisAttr, onlyInput } from '../node.ts';
import type { OpSpec } from '../op.ts';

/** exp(x) / sum(exp(x)) along `axis` (the last one). Training reads the logits before it. */
export const softmax: OpSpec = {
  op: 'Softmax',
  summary: 'probabilities from logits along an axis',

  infer(node, inputs) {
    const shape = onlyInput(node, inputs);
    axisAttr(node, 'axis', shape.length, -1);
    return [shape];
  },

  forward(_, node, inputs) {
    const input = onlyInput(node, inputs);
    const rank = input.shape.length;
    const axis = axisAttr(node, 'axis', rank, -1);
    if (rank === 4 && axis === 1) return [Activation.channelsLast(tf.softmax(input.spatial()))];
    const order = input.shape.map((_dim, i) => i);
    order[axis] = rank - 1;
    order[rank - 1] = axis;
    // Exchanging two axes is its own inverse.
    return [Activation.of(tf.transpose(tf.softmax(tf.transpose(input.logical(), order)), order))];
  },

  emit(ctx, node, inputs) {
    const input = onlyInput(node, inputs);
    const axis = axisAttr(node, 'axis', ctx.shape(input).length, -1);
    ctx.node('Softmax', [input], { axis }, node.outputs);
  },
};
