import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

export const neg = elementwise({
  summary: '-x',
  atZero: 'zero',
  apply: (x) => tf.neg(x),
  emit: (ctx, node, input) => void ctx.node('Neg', [input], {}, node.outputs),
});
