import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

export const silu = elementwise({
  summary: 'x * sigmoid(x), also called swish',
  atZero: 'zero',
  apply: (x) => tf.mul(x, tf.sigmoid(x)),
  emit(ctx, node, input) {
    ctx.node('Mul', [input, ...ctx.node('Sigmoid', [input])], {}, node.outputs);
  },
});
