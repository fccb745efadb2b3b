import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

export const sigmoid = elementwise({
  summary: '1 / (1 + exp(-x))',
  neverNegative: () => true,
  atZero: 'other',
  apply: (x) => tf.sigmoid(x),
  emit: (ctx, node, input) => void ctx.node('Sigmoid', [input], {}, node.outputs),
});
