import type * as tf from '@tensorflow/tfjs-core';
import { defineGradients, runKernel } from './rule.ts';

/** Gradients of pooling. */

defineGradients({
  MaxPool: {
    inputs: ['x'],
    outputs: [true],
    of: (dy, saved, attrs) => {
      const [input, output] = saved as [tf.Tensor, tf.Tensor];
      return { x: () => runKernel('MaxPoolGrad', { dy, input, output }, attrs) };
    },
  },
  AvgPool: {
    inputs: ['x'],
    of: (dy, saved, attrs) => {
      const [input] = saved as [tf.Tensor];
      return { x: () => runKernel('AvgPoolGrad', { dy, input }, attrs) };
    },
  },
});
