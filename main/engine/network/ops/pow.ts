import * as tf from '@tensorflow/tfjs-core';
import { broadcasting } from './broadcasting.ts';

export const pow = broadcasting({
  onnx: 'Pow',
  summary: 'the first value to the power of the second',
  zeroOf: 'first',
  notZero: () => true,
  apply: (a, b) => tf.pow(a, b),
});
