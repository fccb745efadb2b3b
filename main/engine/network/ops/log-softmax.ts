import * as tf from '@tensorflow/tfjs-core';
import { alongAxis } from './along-axis.ts';

export const logSoftmax = alongAxis({
  onnx: 'LogSoftmax',
  summary: 'logarithms of probabilities from logits along an axis',
  apply: (x) => tf.logSoftmax(x),
});
