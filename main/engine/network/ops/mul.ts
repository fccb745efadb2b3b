import * as tf from '@tensorflow/tfjs-core';
import { broadcasting } from './broadcasting.ts';

export const mul = broadcasting({
  op: 'Mul',
  summary: 'product of two values',
  apply: (a, b) => tf.mul(a, b),
});
