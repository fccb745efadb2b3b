import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

export const log = elementwise({
  summary: 'natural logarithm',
  atZero: 'infinite',
  apply: (x) => tf.log(x),
  emit: (ctx, node, input) => void ctx.node('Log', [input], {}, node.outputs),
});
