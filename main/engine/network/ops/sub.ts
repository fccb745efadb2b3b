import * as tf from '@tensorflow/tfjs-core';
import { broadcasting } from './broadcasting.ts';

export const sub = broadcasting({
  onnx: 'Sub',
  summary: 'difference of two values',
  zeroOf: 'both',
  apply: (a, b) => tf.sub(a, b),
});
