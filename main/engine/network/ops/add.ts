import * as tf from '@tensorflow/tfjs-core';
import { broadcasting } from './broadcasting.ts';

export const add = broadcasting({
  onnx: 'Add',
  summary: 'sum of two values',
  passesSignal: true,
  neverNegative: ({ params }, inputs) => inputs && params['constant'] === undefined,
  zeroOf: 'both',
  apply: (a, b) => tf.add(a, b),
});
