import * as tf from '@tensorflow/tfjs-core';
import { defineGradients, type Gradient } from './rule.ts';

/** Gradients of functions that fold axes. */

/** dy with the folded axes back as 1. */
function unfold(dy: tf.Tensor, shape: readonly number[], axis: unknown): tf.Tensor {
  const axes = tf.util.parseAxisParam((axis ?? null) as number, [...shape]);
  return tf.reshape(dy, tf.backend_util.expandShapeToKeepDim(foldedShape(shape, axes), axes));
}

function foldedShape(shape: readonly number[], axes: readonly number[]): number[] {
  return shape.filter((_, axis) => !axes.includes(axis));
}

const sum: Gradient = {
  inputs: ['x'],
  of: (dy, saved, attrs) => {
    const [x] = saved as [tf.Tensor];
    return { x: () => tf.broadcastTo(unfold(dy, x.shape, attrs['axis']), x.shape) };
  },
};

const mean: Gradient = {
  inputs: ['x'],
  of: (dy, saved, attrs) => {
    const [x] = saved as [tf.Tensor];
    return {
      x: () => tf.broadcastTo(tf.div(unfold(dy, x.shape, attrs['axis']), x.size / dy.size), x.shape),
    };
  },
};

/** Of the greatest or least value: every element that equals it gets the whole gradient, as in tfjs. */
const extreme: Gradient = {
  inputs: ['x'],
  outputs: [true],
  of: (dy, saved, attrs) => {
    const [x, y] = saved as [tf.Tensor, tf.Tensor];
    const axis = attrs['reductionIndices'] ?? attrs['axis'];
    return {
      x: () => {
        const chosen = tf.cast(tf.equal(x, unfold(y, x.shape, axis)), 'float32');
        return tf.mul(unfold(dy, x.shape, axis), chosen);
      },
    };
  },
};

const softmax: Gradient = {
  outputs: [true],
  of: (dy, saved, attrs) => {
    const [y] = saved as [tf.Tensor];
    const weighted = tf.mul(dy, y);
    return { logits: () => tf.sub(weighted, tf.mul(tf.sum(weighted, [attrs['dim'] as number], true), y)) };
  },
};

defineGradients({ Sum: sum, Mean: mean, Max: extreme, Min: extreme, Softmax: softmax });
