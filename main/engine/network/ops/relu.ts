import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

export const relu = elementwise({
  summary: 'max(x, 0)',
  neverNegative: () => true,
  atZero: 'zero',
  apply: (x) => tf.relu(x),
  emit: (ctx, node, input) => void ctx.node('Relu', [input], {}, node.outputs),
});
