import * as tf from '@tensorflow/tfjs-core';
import { reduction } from './reduction.ts';

export const reduceMax = reduction({
  op: 'ReduceMax',
  summary: 'maximum over some axes',
  apply: (x, axes, keepDims) => tf.max(x, axes, keepDims),
});
