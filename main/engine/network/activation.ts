import * as tf from '@tensorflow/tfjs-core';

/**
 * A value on its way through a network. Logically a rank-4 value is [batch, channels, height, width], but TensorFlow.js
 * convolves and pools in [batch, height, width, channels]. An activation keeps whichever form it was made in and makes
 * the other one at most once, when somebody asks: a chain of spatial ops pays for no transposition, and Flatten or Reshape
 * still see the logical order that model files mean.
 */
export class Activation {
  private first: tf.Tensor | undefined;
  private last: tf.Tensor4D | undefined;

  private constructor(first: tf.Tensor | undefined, last: tf.Tensor4D | undefined) {
    this.first = first;
    this.last = last;
  }

  /** Wraps a tensor in logical (channels first) order, of any rank. */
  static of(tensor: tf.Tensor): Activation {
    return new Activation(tensor, undefined);
  }

  /** Wraps a rank-4 tensor in [batch, height, width, channels] order. */
  static channelsLast(tensor: tf.Tensor4D): Activation {
    return new Activation(undefined, tensor);
  }

  /** True when the channels-last form is already there, so that element-wise ops can stay in it. */
  get isChannelsLast(): boolean {
    return this.last !== undefined;
  }

  /** The shape in logical order, without making that form. */
  get shape(): readonly number[] {
    if (this.first !== undefined) return this.first.shape;
    const [batch, height, width, channels] = this.spatial().shape;
    return [batch, channels, height, width];
  }

  /** The tensor in logical order. */
  logical(): tf.Tensor {
    this.first ??= tf.transpose(this.last as tf.Tensor4D, [0, 3, 1, 2]);
    return this.first;
  }

  /** The rank-4 tensor in [batch, height, width, channels] order. */
  spatial(): tf.Tensor4D {
    this.last ??= tf.transpose(this.first as tf.Tensor4D, [0, 2, 3, 1]);
    return this.last;
  }

  /** Applies a shape-preserving function in whichever order is already there. */
  map(fn: (tensor: tf.Tensor) => tf.Tensor): Activation {
    return this.last !== undefined
      ? Activation.channelsLast(fn(this.last) as tf.Tensor4D)
      : Activation.of(fn(this.logical()));
  }
}
