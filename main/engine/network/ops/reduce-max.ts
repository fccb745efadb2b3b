import * as tf from '@tensorflow/tfjs-core';
import { reduction } from './reduction.ts';

export const reduceMax = reduction({
  onnx: 'ReduceMax',
  summary: 'maximum over some axes',
  neverNegative: (_, inputs) => inputs,
  apply: (x, axes, keepDims) => tf.max(x, axes, keepDims),
});
