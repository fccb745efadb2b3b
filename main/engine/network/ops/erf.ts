import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

export const erf = elementwise({
  summary: 'error function',
  atZero: 'zero',
  apply: (x) => tf.erf(x),
  emit: (ctx, node, input) => void ctx.node('Erf', [input], {}, node.outputs),
});
