import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

export const reciprocal = elementwise({
  summary: '1 / x',
  atZero: 'infinite',
  apply: (x) => tf.reciprocal(x),
  emit: (ctx, node, input) => void ctx.node('Reciprocal', [input], {}, node.outputs),
});
