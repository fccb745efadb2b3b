import * as tf from '@tensorflow/tfjs-core';
import { reduction } from './reduction.ts';

export const reduceMax = reduction({
  onnx: 'ReduceMax',
  summary: 'maximum over some axes',
  neverNegative: (_, inputs) => inputs,
  needsAll: 'takes the largest of them',
  apply: (x, axes, keepDims) => tf.max(x, axes, keepDims),
});
