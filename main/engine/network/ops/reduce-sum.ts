import * as tf from '@tensorflow/tfjs-core';
import { reduction } from './reduction.ts';

export const reduceSum = reduction({
  onnx: 'ReduceSum',
  summary: 'sum over some axes',
  neverNegative: (_, inputs) => inputs,
  apply: (x, axes, keepDims) => tf.sum(x, axes, keepDims),
  axesAsInput: true,
});
