import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../../../network/activation.ts';
import { numberAttr } from '../../../network/node.ts';
import type { Dual, TangentRule } from './rules.ts';

/**
 * Batch normalisation with the batch's statistics, y = scale (x - mu) / s + shift with s^2 = variance + epsilon:
 * y' = scale / s (x' - mu' - (x - mu) mean((x - mu)(x' - mu')) / s^2). Scale and shift stand still: they are never scored.
 */
export const batchNormTangent: TangentRule = ({ ctx, node, given }) => {
  const [{ value, tangent }] = given as [Dual];
  if (tangent === undefined) return undefined;
  const isSpatial = value.shape.length === 4;
  const x = isSpatial ? value.spatial() : value.logical();
  const dx = isSpatial ? tangent.spatial() : tangent.logical();
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  const centred = tf.sub(x, tf.mean(x, axes));
  const moved = tf.sub(dx, tf.mean(dx, axes));
  const spread = tf.add(tf.mean(tf.square(centred), axes), numberAttr(node, 'epsilon', 1e-5));
  const pull = tf.div(tf.mean(tf.mul(centred, moved), axes), spread);
  const slope = tf.mul(ctx.param(node, 'scale'), tf.rsqrt(spread));
  const y = tf.mul(slope, tf.sub(moved, tf.mul(centred, pull)));
  return isSpatial ? Activation.channelsLast(y as tf.Tensor4D) : Activation.of(y);
};
