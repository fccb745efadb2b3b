import * as tf from '@tensorflow/tfjs-core';
import { broadcasting } from './broadcasting.ts';

export const min = broadcasting({
  onnx: 'Min',
  summary: 'the smaller of two values',
  zeroOf: 'both',
  apply: (a, b) => tf.minimum(a, b),
});
