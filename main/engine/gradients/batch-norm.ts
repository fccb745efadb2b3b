import * as tf from '@tensorflow/tfjs-core';

export interface BatchNormResult {
  /** Normalised, scaled and shifted; the shape of `x`. */
  readonly y: tf.Tensor;
  /** Mean of the batch, [channels]; carries no gradient. */
  readonly mean: tf.Tensor1D;
  /** Biased variance of the batch, [channels]; carries no gradient. */
  readonly variance: tf.Tensor1D;
}

/**
 * Batch normalisation with the statistics of this batch (Ioffe & Szegedy 2015), differentiated in closed form:
 * dx = scale / s * (dy - mean(dy) - xhat * mean(dy * xhat)) with s = sqrt(variance + epsilon). tfjs's own composition costs
 * about three times as many passes over the activations.
 *
 * @param x any rank of at least 2, channels on the last axis; statistics run over all others
 * @param scale [channels]
 * @param shift [channels]
 */
export function batchNormTrain(
  x: tf.Tensor,
  scale: tf.Tensor1D,
  shift: tf.Tensor1D,
  epsilon: number,
): BatchNormResult {
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  const count = x.size / (x.shape.at(-1) ?? 1);
  const mean = constantOf(x, () => tf.mean(x, axes)) as tf.Tensor1D;
  const variance = constantOf(x, () => tf.mean(tf.square(tf.sub(x, mean)), axes)) as tf.Tensor1D;

  const normalise = tf.customGrad((...args) => {
    const [input, gain, offset] = args as tf.Tensor[] as [tf.Tensor, tf.Tensor1D, tf.Tensor1D];
    const save = args[3] as tf.GradSaveFunc;
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const slope = tf.mul(gain, inverse);
    save([input, mean, inverse, slope]);
    return {
      value: tf.add(tf.mul(tf.sub(input, mean), slope), offset),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [xs, mu, inv, k] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        const centred = tf.sub(xs, mu);
        const dShift = tf.sum(dy, axes);
        const dScale = tf.mul(tf.sum(tf.mul(dy, centred), axes), inv);
        const pull = tf.div(tf.mul(dScale, inv), count);
        const dx = tf.mul(k, tf.sub(tf.sub(dy, tf.div(dShift, count)), tf.mul(centred, pull)));
        return [dx, dScale, dShift];
      },
    };
  });
  return { y: normalise(x, scale, shift), mean, variance };
}

/** The value of `compute()`, seen as independent of `x` by the gradient. */
function constantOf(x: tf.Tensor, compute: () => tf.Tensor): tf.Tensor {
  return tf.customGrad((input) => ({ value: compute(), gradFunc: () => tf.zerosLike(input as tf.Tensor) }))(
    x,
  );
}
