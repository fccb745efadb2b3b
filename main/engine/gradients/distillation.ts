import * as tf from '@tensorflow/tfjs-core';

/**
 * What a student still has to learn from its teacher's soft answers (Hinton, Vinyals and Dean 2015, arXiv 1503.02531):
 *
 *     T^2 * mean over the batch of KL(softmax(teacher / T) || softmax(student / T)),
 *
 * with the gradient by the student's logits in closed form, T * (softmax(student / T) - softmax(teacher / T)) / batch. The
 * factor T^2 keeps its size comparable with the cross-entropy's at any temperature. None flows to the teacher.
 *
 * @param student logits [batch, classes]
 * @param teacher logits [batch, classes]
 * @param temperature T > 0
 */
export function distillationLoss(student: tf.Tensor2D, teacher: tf.Tensor2D, temperature: number): tf.Scalar {
  const [batch] = student.shape;
  const wanted = tf.logSoftmax(tf.div(teacher, temperature));
  const loss = tf.customGrad((...args) => {
    const scores = args[0] as tf.Tensor2D;
    const save = args[1] as unknown as tf.GradSaveFunc;
    const logProbability = tf.logSoftmax(tf.div(scores, temperature));
    const difference = tf.mul(tf.exp(wanted), tf.sub(wanted, logProbability));
    save([logProbability]);
    return {
      value: tf.mul(tf.sum(difference), temperature ** 2 / batch),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [logP] = saved as [tf.Tensor];
        return tf.mul(tf.sub(tf.exp(logP), tf.exp(wanted)), tf.mul(dy, temperature / batch));
      },
    };
  });
  return loss(student) as tf.Scalar;
}

/**
 * The same for a network that judges each class by itself: T^2 * mean over the batch and its classes of
 * KL(sigmoid(teacher / T) || sigmoid(student / T)), with the gradient T * (sigmoid(student / T) - sigmoid(teacher / T)) /
 * (batch * classes). With q = sigmoid(t), KL = softplus(s) - softplus(t) - q (s - t).
 */
export function binaryDistillationLoss(
  student: tf.Tensor2D,
  teacher: tf.Tensor2D,
  temperature: number,
): tf.Scalar {
  const count = student.size;
  const wanted = tf.div(teacher, temperature);
  const loss = tf.customGrad((...args) => {
    const scores = tf.div(args[0] as tf.Tensor2D, temperature);
    const save = args[1] as unknown as tf.GradSaveFunc;
    const probability = tf.sigmoid(wanted);
    const moved = tf.mul(probability, tf.sub(scores, wanted));
    const difference = tf.sub(tf.sub(tf.softplus(scores), tf.softplus(wanted)), moved);
    save([scores, probability]);
    return {
      value: tf.mul(tf.sum(difference), temperature ** 2 / count),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [logit, target] = saved as [tf.Tensor, tf.Tensor];
        return tf.mul(tf.sub(tf.sigmoid(logit), target), tf.mul(dy, temperature / count));
      },
    };
  });
  return loss(student) as tf.Scalar;
}
