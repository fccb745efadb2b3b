import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { passAxes, positions } from '../coupling/passes.ts';
import type { Node } from '../graph.ts';
import { countAttr, numberAttr, onlyInput, spatialInput } from '../node-reading.ts';
import type { OpSpec } from '../op.ts';

const settings = (node: Node) => ({
  size: countAttr(node, 'size'),
  alpha: numberAttr(node, 'alpha', 1e-4),
  beta: numberAttr(node, 'beta', 0.75),
  bias: numberAttr(node, 'bias', 1),
});

/**
 * Local response normalisation over channels (Krizhevsky et al. 2012), with ONNX's convention: x / (bias + alpha / size *
 * sum of squares of `size` neighbouring channels) ^ beta.
 */
export const lrn: OpSpec = {
  summary: 'local response normalisation over channels',

  infer: (node, inputs) => {
    settings(node);
    return [spatialInput(node, inputs)];
  },

  couple(c) {
    passAxes(c, 'indices');
    positions(c, 2, 3);
    c.hold(c.input(1), 'divides by the squares of neighbouring ones');
  },

  forward(_, node, inputs) {
    const x = onlyInput(node, inputs).spatial();
    const { size, alpha, beta, bias } = settings(node);
    const before = Math.floor((size - 1) / 2);
    const padded = tf.pad(tf.square(x), [
      [0, 0],
      [0, 0],
      [0, 0],
      [before, size - 1 - before],
    ]);
    const parts = Array.from({ length: size }, (_part, i) => tf.slice(padded, [0, 0, 0, i], x.shape));
    const scale = tf.add(tf.mul(tf.addN(parts), alpha / size), bias);
    // pow has no gradient for a scalar exponent that is cheaper than this.
    return [Activation.channelsLast(tf.mul<tf.Tensor4D>(x, tf.exp(tf.mul(tf.log(scale), -beta))))];
  },

  emit(ctx, node, inputs) {
    const { size, alpha, beta, bias } = settings(node);
    const attrs = { size, alpha: { float: alpha }, beta: { float: beta }, bias: { float: bias } };
    ctx.node('LRN', [onlyInput(node, inputs)], attrs, node.outputs);
  },
};
