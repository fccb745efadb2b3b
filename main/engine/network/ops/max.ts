import * as tf from '@tensorflow/tfjs-core';
import { broadcasting } from './broadcasting.ts';

export const max = broadcasting({
  onnx: 'Max',
  summary: 'the larger of two values',
  apply: (a, b) => tf.maximum(a, b),
});
