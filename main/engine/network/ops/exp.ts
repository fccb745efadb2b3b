import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

export const exp = elementwise({
  summary: 'e to the power of x',
  neverNegative: () => true,
  atZero: 'other',
  apply: (x) => tf.exp(x),
  emit: (ctx, node, input) => void ctx.node('Exp', [input], {}, node.outputs),
});
