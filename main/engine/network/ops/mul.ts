import * as tf from '@tensorflow/tfjs-core';
import { broadcasting } from './broadcasting.ts';

export const mul = broadcasting({
  onnx: 'Mul',
  summary: 'product of two values',
  neverNegative: ({ params }, inputs) => inputs && params['constant'] === undefined,
  zeroOf: 'either',
  apply: (a, b) => tf.mul(a, b),
});
