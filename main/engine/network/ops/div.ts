import * as tf from '@tensorflow/tfjs-core';
import { broadcasting } from './broadcasting.ts';

export const div = broadcasting({
  onnx: 'Div',
  summary: 'quotient of two values',
  zeroOf: 'first',
  notZero: (first) => !first,
  apply: (a, b) => tf.div(a, b),
});
