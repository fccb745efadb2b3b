import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

export const sqrt = elementwise({
  op: 'Sqrt',
  summary: 'square root',
  apply: (x) => tf.sqrt(x),
  emit: (ctx, node, input) => void ctx.node('Sqrt', [input], {}, node.outputs),
});
