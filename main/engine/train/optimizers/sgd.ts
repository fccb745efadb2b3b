import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';

/** SGD with momentum as PyTorch defines it: v = momentum v + g, w = w - lr v (Nesterov: w - lr (g + momentum v)). */
export const sgd: Optimizer = {
  slots: ['velocity'],
  update(weight, gradient, slots, { lr }, spec, decay) {
    const g = decay === 0 ? gradient : tf.add(gradient, tf.mul(weight, decay));
    const velocity = tf.add(tf.mul(slots.velocity as tf.Tensor, spec.momentum), g);
    const direction = spec.nesterov ? tf.add(g, tf.mul(velocity, spec.momentum)) : velocity;
    return { weight: tf.sub(weight, tf.mul(lr, direction)), slots: { velocity } };
  },
};
