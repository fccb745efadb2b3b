import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

export const sqrt = elementwise({
  summary: 'square root',
  neverNegative: () => true,
  atZero: 'infinite',
  apply: (x) => tf.sqrt(x),
  emit: (ctx, node, input) => void ctx.node('Sqrt', [input], {}, node.outputs),
});
