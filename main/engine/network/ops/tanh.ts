import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

export const tanh = elementwise({
  summary: 'hyperbolic tangent',
  atZero: 'zero',
  apply: (x) => tf.tanh(x),
  emit: (ctx, node, input) => void ctx.node('Tanh', [input], {}, node.outputs),
});
