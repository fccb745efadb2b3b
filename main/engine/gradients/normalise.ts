import * as tf from '@tensorflow/tfjs-core';
import { defineGradients, unbroadcast } from './rule.ts';

/** The gradient of normalisation with given statistics, y = (x - mean) * scale / sqrt(variance + epsilon) + offset. */

defineGradients({
  FusedBatchNorm: {
    inputs: ['x', 'mean', 'variance', 'scale'],
    of: (dy, saved, attrs) => {
      const [x, mean, variance, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor | undefined];
      const inverse = tf.rsqrt(tf.add(variance, attrs['varianceEpsilon'] as number));
      const slope = scale === undefined ? inverse : tf.mul(inverse, scale);
      const centred = tf.sub(x, mean);
      return {
        x: () => tf.mul(dy, slope),
        mean: () => tf.neg(unbroadcast(tf.mul(dy, slope), mean.shape)),
        variance: () => {
          const pull = tf.mul(tf.mul(dy, centred), tf.mul(slope, tf.square(inverse)));
          return tf.mul(unbroadcast(pull, variance.shape), -0.5);
        },
        scale: () => unbroadcast(tf.mul(tf.mul(dy, centred), inverse), scale?.shape ?? mean.shape),
        offset: () => unbroadcast(dy, mean.shape),
      };
    },
  },
});
