import * as tf from '@tensorflow/tfjs-core';
import { reduction } from './reduction.ts';

export const reduceSum = reduction({
  op: 'ReduceSum',
  summary: 'sum over some axes',
  apply: (x, axes, keepDims) => tf.sum(x, axes, keepDims),
  axesAsInput: true,
});
