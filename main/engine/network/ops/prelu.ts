import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { passAxes } from '../coupling/passes.ts';
import { onlyInput, nodeError, paramShape, showShape } from '../node-reading.ts';
import type { OpSpec } from '../op.ts';

/** x for x > 0, slope * x elsewhere (He et al. 2015). Parameter slope: a shape that broadcasts to one sample. */
export const prelu: OpSpec = {
  summary: 'x for x > 0, a trained multiple of x elsewhere',

  infer(node, inputs, network) {
    const shape = onlyInput(node, inputs);
    const slope = paramShape(node, network, 'slope');
    const sample = shape.slice(1);
    const fits =
      slope !== undefined &&
      slope.length <= sample.length &&
      slope.every((dim, i) => dim === 1 || dim === sample[sample.length - slope.length + i]);
    if (!fits) throw nodeError(node, `needs a slope for samples of shape ${showShape(sample)}`);
    return [shape];
  },

  couple(c) {
    passAxes(c, 'indices');
    for (let axis = 1; axis < c.rank(0); axis++) c.zeros(c.output(axis), [c.input(axis)]);
    const slopes: number[] = [];
    const missing = c.rank(0) - c.paramRank('slope');
    for (let i = 0; i < c.paramRank('slope'); i++) {
      const slope = c.param('slope', i);
      if (slope.size !== c.input(missing + i).size) continue;
      c.same(slope, c.input(missing + i));
      c.side(slope, 'along');
      slopes.push(missing + i);
    }
    const [only, ...more] = slopes;
    if (only !== undefined && more.length === 0) c.constants(c.output(only), [c.input(only)]);
  },

  forward(ctx, node, inputs) {
    const input = onlyInput(node, inputs);
    const slope = ctx.param(node, 'slope');
    const missing = input.shape.length - slope.shape.length;
    const aligned = Activation.of(tf.reshape(slope, [...Array<number>(missing).fill(1), ...slope.shape]));
    const bend = (x: tf.Tensor, by: tf.Tensor) => tf.add(tf.relu(x), tf.mul(by, tf.minimum(x, 0)));
    return [
      input.shape.length === 4 && input.isChannelsLast
        ? Activation.channelsLast(bend(input.spatial(), aligned.spatial()) as tf.Tensor4D)
        : Activation.of(bend(input.logical(), aligned.logical())),
    ];
  },

  emit(ctx, node, inputs) {
    ctx.node('PRelu', [onlyInput(node, inputs), ctx.param(node, 'slope')], {}, node.outputs);
  },
};
