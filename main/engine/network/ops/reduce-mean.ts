import * as tf from '@tensorflow/tfjs-core';
import { reduction } from './reduction.ts';

export const reduceMean = reduction({
  onnx: 'ReduceMean',
  summary: 'mean over some axes',
  neverNegative: (_, inputs) => inputs,
  needsAll: 'divides by how many there are',
  apply: (x, axes, keepDims) => tf.mean(x, axes, keepDims),
});
