import * as tf from '@tensorflow/tfjs-core';
import { alongAxis } from './along-axis.ts';

/** Training reads the logits before it. */
export const softmax = alongAxis({
  op: 'Softmax',
  summary: 'probabilities from logits along an axis',
  apply: (x) => tf.softmax(x),
});
