import * as tf from '@tensorflow/tfjs-core';
import { broadcasting } from './broadcasting.ts';

export const max = broadcasting({
  onnx: 'Max',
  summary: 'the larger of two values',
  zeroOf: 'both',
  apply: (a, b) => tf.maximum(a, b),
});
