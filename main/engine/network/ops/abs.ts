import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

export const abs = elementwise({
  summary: '|x|',
  neverNegative: () => true,
  atZero: 'zero',
  apply: (x) => tf.abs(x),
  emit: (ctx, node, input) => void ctx.node('Abs', [input], {}, node.outputs),
});
