import * as tf from '@tensorflow/tfjs-core';
import { broadcasting } from './broadcasting.ts';

export const add = broadcasting({ op: 'Add', summary: 'sum of two values', apply: (a, b) => tf.add(a, b) });
