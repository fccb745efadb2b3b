import * as tf from '@tensorflow/tfjs-core';
import type { Node } from '../graph.ts';
import { numberAttr } from '../node-reading.ts';
import { elementwise } from './elementwise.ts';

const alphaOf = (node: Node) => numberAttr(node, 'alpha', 1.6732632423543772);
const gammaOf = (node: Node) => numberAttr(node, 'gamma', 1.0507009873554805);

/** Klambauer et al. 2017. */
export const selu = elementwise({
  summary: 'gamma * x for x > 0, gamma * alpha * (exp(x) - 1) elsewhere',
  atZero: 'zero',

  apply(x, node) {
    const negative = tf.mul(tf.sub(tf.exp(tf.minimum(x, 0)), 1), alphaOf(node));
    return tf.mul(tf.add(tf.relu(x), negative), gammaOf(node));
  },

  emit(ctx, node, input) {
    const attrs = { alpha: { float: alphaOf(node) }, gamma: { float: gammaOf(node) } };
    ctx.node('Selu', [input], attrs, node.outputs);
  },
});
