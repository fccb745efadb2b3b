import * as tf from '@tensorflow/tfjs-core';
import { reduction } from './reduction.ts';

export const reduceMean = reduction({
  op: 'ReduceMean',
  summary: 'mean over some axes',
  apply: (x, axes, keepDims) => tf.mean(x, axes, keepDims),
});
