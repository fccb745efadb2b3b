import * as tf from '@tensorflow/tfjs-core';
import { alongAxis } from './along-axis.ts';

/** Training reads the logits before it. */
export const softmax = alongAxis({
  onnx: 'Softmax',
  summary: 'probabilities from logits along an axis',
  neverNegative: () => true,
  makesShares: true,
  apply: (x) => tf.softmax(x),
});
