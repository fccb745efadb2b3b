import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

export const softsign = elementwise({
  summary: 'x / (1 + |x|)',
  atZero: 'zero',
  apply: (x) => tf.div(x, tf.add(tf.abs(x), 1)),
  emit: (ctx, node, input) => void ctx.node('Softsign', [input], {}, node.outputs),
});
