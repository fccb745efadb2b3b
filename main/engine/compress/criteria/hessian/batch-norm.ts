import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../../../network/activation.ts';
import { numberAttr } from '../../../network/node-reading.ts';
import type { Dual, TangentRule } from './tangent.ts';

/** Batch normalisation with the statistics of the batch, or with the running ones, which are constants. Scale and shift stand still: they are never scored. */
export const batchNormTangent: TangentRule = ({ ctx, node, given }) => {
  const [{ value, tangent }] = given as [Dual];
  if (tangent === undefined) return undefined;
  const isSpatial = value.shape.length === 4;
  const x = isSpatial ? value.spatial() : value.logical();
  const t = isSpatial ? tangent.spatial() : tangent.logical();
  const epsilon = numberAttr(node, 'epsilon', 1e-5);
  const scale = ctx.param(node, 'scale');
  const y = ctx.training
    ? normalisedTangent(x, t, scale, epsilon)
    : tf.mul(t, tf.mul(scale, tf.rsqrt(tf.add(ctx.param(node, 'variance'), epsilon))));
  return isSpatial ? Activation.channelsLast(y as tf.Tensor4D) : Activation.of(y);
};

/**
 * The derivative of y = scale * z + shift, z = (x - mean) * r, r = 1 / sqrt(variance + epsilon), when x moves along t:
 *     y' = scale r (t - mean(t) - z q),   q = mean(z t)
 * and its own gradients for a cotangent u, with a = mean(z u) and b = mean(u t) - mean(u) mean(t):
 *     by t:  scale r (u - mean(u) - z a)
 *     by x: -scale r^2 (q (u - mean(u)) + a (t - mean(t)) + z (b - 3 a q))
 * In closed form, because the composition costs several times as many passes over the activations.
 */
function normalisedTangent(x: tf.Tensor, t: tf.Tensor, scale: tf.Tensor, epsilon: number): tf.Tensor {
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  const count = x.size / (x.shape.at(-1) ?? 1);
  const mean = (tensor: tf.Tensor) => tf.mean(tensor, axes);
  return tf.customGrad((...args) => {
    const [value, along] = args as tf.Tensor[] as [tf.Tensor, tf.Tensor];
    const save = args[2] as tf.GradSaveFunc;
    const centre = mean(value);
    const r = tf.rsqrt(tf.add(mean(tf.square(tf.sub(value, centre))), epsilon));
    const slope = tf.mul(scale, r);
    const middle = mean(along);
    // c q r^2 with c = x - mean: z q without another array.
    const pull = tf.mul(mean(tf.mul(along, tf.sub(value, centre))), tf.square(r));
    save([value, along, centre, r, slope, middle, pull]);
    const ofX = tf.mul(slope, pull);
    const constant = tf.sub(tf.mul(ofX, centre), tf.mul(slope, middle));
    return {
      // One factor per channel for each array: as few passes over the activations as it takes.
      value: tf.sub(affine(along, slope, constant), tf.mul(value, ofX)),
      gradFunc: (u: tf.Tensor, saved: tf.Tensor[]) => {
        const [xs, ts, mx, rs, k, mt, pq] = saved as Saved;
        // As in the gradient of batch normalisation, which it is: a graph with both computes it once.
        const centred = tf.sub(xs, mx);
        const total = tf.sum(u, axes);
        const spread = tf.mul(tf.sum(tf.mul(u, centred), axes), rs);
        const back = tf.div(tf.mul(spread, rs), count);
        const byT = tf.mul(k, tf.sub(tf.sub(u, tf.div(total, count)), tf.mul(centred, back)));
        const mu = tf.div(total, count);
        const b = tf.sub(mean(tf.mul(u, ts)), tf.mul(mu, mt));
        const a = tf.div(spread, count);
        const q = tf.div(pq, rs);
        const outer = tf.neg(tf.mul(k, rs));
        const ofU = tf.mul(outer, q);
        const ofT = tf.mul(outer, a);
        const ofX = tf.mul(tf.mul(outer, rs), tf.sub(b, tf.mul(tf.mul(a, q), 3)));
        const constant = tf.neg(tf.add(tf.add(tf.mul(ofU, mu), tf.mul(ofT, mt)), tf.mul(ofX, mx)));
        const byX = tf.add(tf.add(affine(u, ofU, constant), tf.mul(ts, ofT)), tf.mul(xs, ofX));
        return [byX, byT];
      },
    };
  })(x, t);
}

/** x * factor + offset with one of each per channel, in a single pass where the backend has one for batch norm. */
function affine(x: tf.Tensor, factor: tf.Tensor, offset: tf.Tensor): tf.Tensor {
  const [zero, one] = [tf.zerosLike(factor), tf.onesLike(factor)];
  return tf.batchNorm(x, zero, one, offset, factor, 0);
}

type Saved = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
