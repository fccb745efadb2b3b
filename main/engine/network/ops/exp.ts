import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

export const exp = elementwise({
  op: 'Exp',
  summary: 'e to the power of x',
  apply: (x) => tf.exp(x),
  emit: (ctx, node, input) => void ctx.node('Exp', [input], {}, node.outputs),
});
