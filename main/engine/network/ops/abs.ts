import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

export const abs = elementwise({
  op: 'Abs',
  summary: '|x|',
  apply: (x) => tf.abs(x),
  emit: (ctx, node, input) => void ctx.node('Abs', [input], {}, node.outputs),
});
