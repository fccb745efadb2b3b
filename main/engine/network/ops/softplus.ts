import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

export const softplus = elementwise({
  summary: 'log(1 + exp(x))',
  neverNegative: () => true,
  atZero: 'other',
  apply: (x) => tf.softplus(x),
  emit: (ctx, node, input) => void ctx.node('Softplus', [input], {}, node.outputs),
});
