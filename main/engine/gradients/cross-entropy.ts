import * as tf from '@tensorflow/tfjs-core';

/**
 * Mean cross-entropy of the batch between softmax(logits) and the labels, in natural-log units, with the gradient
 * (softmax - target) / batch in closed form.
 *
 * @param logits [batch, classes]
 * @param labels [batch] int32, each in [0, classes)
 * @param smoothing in [0, 1): the target is (1 - smoothing) * one-hot + smoothing / classes (Szegedy et al. 2016)
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D, smoothing: number): tf.Scalar {
  const [batch, classes] = logits.shape;
  const loss = tf.customGrad((...args) => {
    const scores = args[0] as tf.Tensor2D;
    const save = args[1] as unknown as tf.GradSaveFunc;
    const target = tf.oneHot(
      labels,
      classes,
      1 - smoothing + smoothing / classes,
      smoothing / classes,
      'float32',
    );
    const logProbability = tf.logSoftmax(scores);
    save([logProbability, target]);
    return {
      value: tf.div(tf.neg(tf.sum(tf.mul(target, logProbability))), batch),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [logP, wanted] = saved as [tf.Tensor, tf.Tensor];
        return tf.mul(tf.sub(tf.exp(logP), wanted), tf.div(dy, batch));
      },
    };
  });
  return loss(logits) as tf.Scalar;
}
