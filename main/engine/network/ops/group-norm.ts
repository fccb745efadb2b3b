import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { passAxes } from '../coupling/passes.ts';
import { sizeOf } from '../graph.ts';
import { countAttr, expectParam, nodeError, numberAttr, onlyInput, showShape } from '../node-reading.ts';
import type { EmitContext, OpSpec } from '../op.ts';

/**
 * Group normalisation (Wu and He 2018) of [batch, channels, ...]: each sample's channels in `groups` equal parts, each
 * brought to mean 0 and variance 1; with as many groups as channels it is instance normalisation. Parameters scale and shift,
 * both [channels]. Attributes: groups, epsilon (1e-5).
 */
export const groupNorm: OpSpec = {
  summary: 'group normalisation; instance normalisation with a group for each channel',

  infer(node, inputs, network) {
    const shape = onlyInput(node, inputs);
    const [, channels = 0] = shape;
    const groups = countAttr(node, 'groups');
    if (shape.length < 3 || channels % groups !== 0) {
      throw nodeError(node, `cannot split ${showShape(shape)} into ${groups} groups of channels`);
    }
    expectParam(node, network, 'scale', [channels]);
    expectParam(node, network, 'shift', [channels]);
    return [shape];
  },

  couple(c) {
    passAxes(c, 'indices');
    // Usually pixels; where a reshape has put channels there, they stay.
    for (let axis = 2; axis < c.rank(0); axis++)
      c.hold(c.input(axis), 'takes mean and variance over all of them');
    const [channels, groups] = [c.input(1), countAttr(c.node, 'groups')];
    const each = channels.size / groups;
    // Mean and variance are those of all channels of a group, so whole groups go.
    for (let i = 0; i < channels.size; i++) c.tie(channels, i - (i % each), channels, i);
    for (const role of ['scale', 'shift']) {
      c.same(c.param(role, 0), channels);
      c.side(c.param(role, 0), 'along');
    }
    c.zeros(c.output(1), [c.param('scale', 0), c.param('shift', 0)]);
  },

  resized(node, left) {
    const each = (left.shape(0)[1] ?? 0) / countAttr(node, 'groups');
    return { groups: left.input(1).length / each };
  },

  forward(ctx, node, inputs) {
    const x = onlyInput(node, inputs).logical();
    const [batch = 1, channels = 1, ...inner] = x.shape;
    const groups = countAttr(node, 'groups');
    const grouped = tf.reshape(x, [batch, groups, (channels / groups) * sizeOf(inner)]);
    const centred = tf.sub(grouped, tf.mean(grouped, 2, true));
    const variance = tf.mean(tf.square(centred), 2, true);
    const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, numberAttr(node, 'epsilon', 1e-5))));
    const perChannel = (role: string) => tf.reshape(ctx.param(node, role), [channels, ...inner.map(() => 1)]);
    const y = tf.add(tf.mul(tf.reshape(normal, x.shape), perChannel('scale')), perChannel('shift'));
    return [Activation.of(y)];
  },

  // ONNX (opset 17) only has the case of one channel in a group.
  emit(ctx, node, inputs) {
    const input = onlyInput(node, inputs);
    const [, channels = 1, ...inner] = ctx.shape(input);
    const groups = countAttr(node, 'groups');
    const epsilon = { float: numberAttr(node, 'epsilon', 1e-5) };
    const params = [ctx.param(node, 'scale'), ctx.param(node, 'shift')] as const;
    if (groups === channels) {
      ctx.node('InstanceNormalization', [input, ...params], { epsilon }, node.outputs);
      return;
    }
    const call = (op: string, ...given: string[]) => ctx.node(op, given)[0] ?? '';
    const many = (value: number) => call('Expand', ctx.scalar(value), ctx.int64([groups]));
    const grouped = call('Reshape', input, ctx.int64([0, groups, -1]));
    const [normal = ''] = ctx.node('InstanceNormalization', [grouped, many(1), many(0)], { epsilon });
    const back = call('Reshape', normal, ctx.int64([0, channels, ...inner]));
    const [scale, shift] = params.map((name) => perChannel(ctx, name, channels, inner.length));
    ctx.node('Add', [call('Mul', back, scale ?? ''), shift ?? ''], {}, node.outputs);
  },
};

function perChannel(ctx: EmitContext, name: string, channels: number, axes: number): string {
  return ctx.node('Reshape', [name, ctx.int64([channels, ...Array<number>(axes).fill(1)])])[0] ?? '';
}
