import * as tf from '@tensorflow/tfjs-core';

/**
 * Mean binary cross-entropy over the batch and its classes between sigmoid(logits) and the targets, in natural-log units, with
 * the gradient (sigmoid - target) / (batch * classes) in closed form. The value is softplus(logit) - target * logit.
 *
 * @param logits [batch, classes]
 * @param targets [batch, classes], each from 0 to 1
 * @param smoothing in [0, 1): the target is (1 - smoothing) * target + smoothing / 2
 */
export function binaryCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D, smoothing: number): tf.Scalar {
  const count = logits.size;
  const loss = tf.customGrad((...args) => {
    const scores = args[0] as tf.Tensor2D;
    const save = args[1] as unknown as tf.GradSaveFunc;
    const wanted = smoothing === 0 ? targets : tf.add(tf.mul(targets, 1 - smoothing), smoothing / 2);
    save([scores, wanted]);
    return {
      value: tf.div(tf.sum(tf.sub(tf.softplus(scores), tf.mul(wanted, scores))), count),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [logit, target] = saved as [tf.Tensor, tf.Tensor];
        return tf.mul(tf.sub(tf.sigmoid(logit), target), tf.div(dy, count));
      },
    };
  });
  return loss(logits) as tf.Scalar;
}
