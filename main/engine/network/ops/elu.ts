import * as tf from '@tensorflow/tfjs-core';
import type { Node } from '../graph.ts';
import { numberAttr } from '../node-reading.ts';
import { elementwise } from './elementwise.ts';

const alphaOf = (node: Node) => numberAttr(node, 'alpha', 1);

export const elu = elementwise({
  summary: 'x for x > 0, alpha * (exp(x) - 1) elsewhere',
  atZero: 'zero',
  apply(x, node) {
    const positive = tf.relu(x);
    return tf.add(positive, tf.mul(tf.elu(tf.sub(x, positive)), alphaOf(node)));
  },
  emit: (ctx, node, input) =>
    void ctx.node('Elu', [input], { alpha: { float: alphaOf(node) } }, node.outputs),
});
