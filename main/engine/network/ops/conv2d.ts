import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { coupleGroups, groupsLeft } from '../coupling/channel-groups.ts';
import { coupleBias, positions } from '../coupling/passes.ts';
import type { Node } from '../graph.ts';
import { sizeOf } from '../graph.ts';
import {
  countAttr,
  expectOptionalParam,
  expectParam,
  nodeError,
  onlyInput,
  paramShape,
  spatialInput,
} from '../node-reading.ts';
import type { OpSpec } from '../op.ts';
import type { Window } from '../window.ts';
import { onnxWindow, spread, tapsInside, tfPadding, windowOf, windowOutput } from '../window.ts';

/**
 * Cross-correlation over height and width. Weight [out, in / groups, kernelH, kernelW], bias [out] or none.
 * Attributes: strides, pads, dilations, group (= in channels: depthwise).
 */
export const conv2d: OpSpec = {
  summary: 'convolution, also grouped, depthwise and dilated',
  makesChannels: true,

  infer(node, inputs, network) {
    const [batch, channels, height, width] = spatialInput(node, inputs);
    const group = countAttr(node, 'group', 1);
    if (channels % group !== 0)
      throw nodeError(node, `cannot split ${channels} channels into ${group} groups`);
    const [out = 0, , ...kernel] = expectParam(node, network, 'weight', [null, channels / group, null, null]);
    if (out % group !== 0) throw nodeError(node, `cannot split its ${out} filters into ${group} groups`);
    expectOptionalParam(node, network, 'bias', [out]);
    return [[batch, out, ...windowOutput(node, windowOf(node, kernel), height, width)]];
  },

  cost(node, inputs, network) {
    const [shape = []] = conv2d.infer(node, inputs, network);
    const [, , height = 0, width = 0] = shape;
    return { macs: height * width * sizeOf(paramShape(node, network, 'weight') ?? []) };
  },

  couple(c) {
    positions(c, 2, 3);
    for (const tap of [2, 3]) c.position(c.param('weight', tap));
    const group = countAttr(c.node, 'group', 1);
    const [makes, reads] = [c.param('weight', 0), c.param('weight', 1)];
    coupleBias(c, makes, 1);
    coupleGroups(c, { from: c.input(1), to: c.output(1), group, makes, reads });
  },

  resized: (node, left) => ({ group: groupsLeft(node, left) }),

  mixing(node, [, , height = 0, width = 0], [, , ...kernel]) {
    const taps = tapsInside(node, windowOf(node, kernel), height, width);
    return { channels: 1, makes: 0, group: countAttr(node, 'group', 1), taps };
  },

  forward(ctx, node, inputs) {
    const x = onlyInput(node, inputs).spatial();
    const weight = ctx.param(node, 'weight') as tf.Tensor4D;
    const y = convolve(node, x, weight);
    const bias = ctx.optionalParam(node, 'bias');
    return [Activation.channelsLast(bias === undefined ? y : tf.add<tf.Tensor4D>(y, bias))];
  },

  emit(ctx, node, inputs) {
    const weight = ctx.param(node, 'weight');
    const bias = ctx.param(node, 'bias');
    const window = windowOf(node, ctx.shape(weight).slice(2));
    ctx.node(
      'Conv',
      [onlyInput(node, inputs), weight, ...(bias === '' ? [] : [bias])],
      { ...onnxWindow(window), group: countAttr(node, 'group', 1) },
      node.outputs,
    );
  },
};

function convolve(node: Node, x: tf.Tensor4D, weight: tf.Tensor4D): tf.Tensor4D {
  const group = countAttr(node, 'group', 1);
  const window = windowOf(node, weight.shape.slice(2));
  const pad = tfPadding(window);
  const channels = x.shape[3];
  if (group === 1) return tf.conv2d(x, filterOf(weight, window), window.strides, pad);
  if (group === channels) return depthwise(x, weight, window);
  const filters = tf.split(filterOf(weight, window), group, 3);
  const parts = tf
    .split<tf.Tensor4D>(x, group, 3)
    .map((part, i) => tf.conv2d(part, filters[i] as tf.Tensor4D, window.strides, pad));
  return tf.concat(parts, 3);
}

/** Every channel has its own out / in filters; [in * k, 1, h, w] becomes tfjs's [h, w, in, k]. */
function depthwise(x: tf.Tensor4D, weight: tf.Tensor4D, window: Window): tf.Tensor4D {
  const filter = filterOf(weight, window);
  const [height, width, , out] = filter.shape;
  const channels = x.shape[3];
  const perChannel = tf.reshape<tf.Rank.R4>(filter, [height, width, channels, out / channels]);
  return tf.depthwiseConv2d(x, perChannel, window.strides, tfPadding(window));
}

/** The filter as tfjs has it, [h, w, in, out]. */
function filterOf(weight: tf.Tensor4D, { dilations }: Window): tf.Tensor4D {
  return spread(tf.transpose(weight, [2, 3, 1, 0]), dilations);
}
