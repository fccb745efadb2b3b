import * as tf from '@tensorflow/tfjs-core';
import { broadcasting } from './broadcasting.ts';

export const div = broadcasting({
  op: 'Div',
  summary: 'quotient of two values',
  apply: (a, b) => tf.div(a, b),
});
