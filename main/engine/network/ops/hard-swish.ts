import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

export const hardSwish = elementwise({
  summary: 'x * (x / 6 + 1/2, limited to [0, 1])',
  atZero: 'zero',
  apply: (x) => tf.mul(x, tf.clipByValue(tf.add(tf.mul(x, 1 / 6), 0.5), 0, 1)),
  emit: (ctx, node, input) => void ctx.node('HardSwish', [input], {}, node.outputs),
});
