import * as tf from '@tensorflow/tfjs-core';
import { defineGradients, unbroadcast } from './rule.ts';

/** The gradient of matrix products: d(A B) = dA B + A dB, for every combination of transposed operands. */

defineGradients({
  BatchMatMul: {
    inputs: ['a', 'b'],
    of: (dy, saved, attrs) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      const turnA = attrs['transposeA'] === true;
      const turnB = attrs['transposeB'] === true;
      return {
        a: () =>
          unbroadcast(turnA ? tf.matMul(b, dy, turnB, true) : tf.matMul(dy, b, false, !turnB), a.shape),
        b: () =>
          unbroadcast(turnB ? tf.matMul(dy, a, true, turnA) : tf.matMul(a, dy, !turnA, false), b.shape),
      };
    },
  },
});
