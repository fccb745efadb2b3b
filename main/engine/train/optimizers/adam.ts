import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';

export const BETA1 = 0.9;
export const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * Adam (Kingma and Ba 2015) with bias correction. Weight decay is added to the gradient (`decoupled` false) or taken off the
 * weight itself (AdamW, Loshchilov and Hutter 2019).
 */
function adamWith(decoupled: boolean): Optimizer {
  return {
    slots: ['moment1', 'moment2'],
    update(weight, gradient, slots, { lr, correction1, correction2 }, _spec, decay) {
      const g = decay === 0 || decoupled ? gradient : tf.add(gradient, tf.mul(weight, decay));
      const moment1 = tf.add(tf.mul(slots.moment1 as tf.Tensor, BETA1), tf.mul(g, 1 - BETA1));
      const moment2 = tf.add(tf.mul(slots.moment2 as tf.Tensor, BETA2), tf.mul(tf.square(g), 1 - BETA2));
      const denominator = tf.add(tf.sqrt(tf.div(moment2, correction2)), EPSILON);
      const direction = tf.div(tf.div(moment1, correction1), denominator);
      const total = decay !== 0 && decoupled ? tf.add(direction, tf.mul(weight, decay)) : direction;
      return { weight: tf.sub(weight, tf.mul(lr, total)), slots: { moment1, moment2 } };
    },
  };
}

export const adam = adamWith(false);
export const adamw = adamWith(true);
