import * as tf from '@tensorflow/tfjs-core';
import { binaryCrossEntropy } from './binary-cross-entropy.ts';
import { softmaxCrossEntropy } from './cross-entropy.ts';
import { binaryDistillationLoss, distillationLoss } from './distillation.ts';

/** What a network says of a sample: which one of the classes it has, or of each class whether it has it. */
export type Judgement = 'one class' | 'each class';

/** How the logits of a batch are judged: labels as a matrix leave no choice, a sample may have several classes or none. */
export function judgementOf(judgement: Judgement, labels: tf.Tensor): Judgement {
  return labels.rank === 2 ? 'each class' : judgement;
}

/**
 * The mean loss of a batch: cross-entropy of a softmax over the classes, or binary cross-entropy of a sigmoid for each.
 * @param logits [batch, classes]
 * @param labels class indices, int32 [batch]; or zeros and ones, [batch, classes]
 */
export function labelLoss(
  judgement: Judgement,
  logits: tf.Tensor2D,
  labels: tf.Tensor,
  smoothing: number,
): tf.Scalar {
  return judgementOf(judgement, labels) === 'one class'
    ? softmaxCrossEntropy(logits, labels as tf.Tensor1D, smoothing)
    : binaryCrossEntropy(logits, targetsOf(labels, logits.shape[1]), smoothing);
}

/** What a student still has to learn from its teacher on a batch with these labels. */
export function teacherLoss(
  judgement: Judgement,
  student: tf.Tensor2D,
  teacher: tf.Tensor2D,
  labels: tf.Tensor,
  temperature: number,
): tf.Scalar {
  const loss = judgementOf(judgement, labels) === 'one class' ? distillationLoss : binaryDistillationLoss;
  return loss(student, teacher, temperature);
}

/** Labels as zeros and ones, [batch, classes]. */
export function targetsOf(labels: tf.Tensor, classes: number): tf.Tensor2D {
  if (labels.rank === 2) return labels as tf.Tensor2D;
  return tf.oneHot(labels, classes, 1, 0, 'float32') as tf.Tensor2D;
}

/** How many samples of a batch are right: the highest logit is the label's, or every class is on its side of zero. */
export function countRight(logits: tf.Tensor2D, labels: tf.Tensor): tf.Tensor {
  const right =
    labels.rank === 2
      ? tf.equal(tf.sum(tf.abs(tf.sub(tf.cast(tf.greater(logits, 0), 'float32'), labels)), 1), 0)
      : tf.equal(tf.cast(tf.argMax(logits, 1), 'int32'), labels);
  return tf.sum(tf.cast(right, 'float32'));
}
