import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

export const sigmoid = elementwise({
  op: 'Sigmoid',
  summary: '1 / (1 + exp(-x))',
  apply: (x) => tf.sigmoid(x),
  emit: (ctx, node, input) => void ctx.node('Sigmoid', [input], {}, node.outputs),
});
