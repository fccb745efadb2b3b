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
  integersAttr,
  nodeError,
  onlyInput,
  paramShape,
  spatialInput,
} from '../node-reading.ts';
import type { OpSpec } from '../op.ts';
import { extentOf, onnxWindow, spread, type Window, windowOf } from '../window.ts';

/**
 * Transposed convolution, the gradient of a convolution with respect to its input. Weight [in, out / groups, kernelH, kernelW],
 * bias [out] or none. Attributes: strides, dilations, group, pads (taken away from the output), outputPadding (added at its end).
 */
export const convTranspose: OpSpec = {
  summary: 'transposed convolution',

  infer(node, inputs, network) {
    const [batch, channels, height, width] = spatialInput(node, inputs);
    const group = countAttr(node, 'group', 1);
    if (channels % group !== 0)
      throw nodeError(node, `cannot split ${channels} channels into ${group} groups`);
    const [, each = 0, ...kernel] = expectParam(node, network, 'weight', [channels, null, null, null]);
    const out = each * group;
    expectOptionalParam(node, network, 'bias', [out]);
    const { window, more } = windowsOf(node, kernel);
    return [[batch, out, ...outputSize(node, window, more, height, width)]];
  },

  cost(node, inputs, network) {
    const [, , height, width] = spatialInput(node, inputs);
    return { macs: height * width * sizeOf(paramShape(node, network, 'weight') ?? []) };
  },

  couple(c) {
    positions(c, 2, 3);
    for (const tap of [2, 3]) c.position(c.param('weight', tap));
    const group = countAttr(c.node, 'group', 1);
    const [reads, makes] = [c.param('weight', 0), c.param('weight', 1)];
    coupleBias(c, makes, 1);
    coupleGroups(c, { from: c.input(1), to: c.output(1), group, makes, reads });
  },

  resized: (node, left) => ({ group: groupsLeft(node, left) }),

  mixing: (node) => ({ channels: 1, makes: 1, group: countAttr(node, 'group', 1), taps: undefined }),

  forward(ctx, node, inputs) {
    const x = onlyInput(node, inputs).spatial();
    const weight = ctx.param(node, 'weight') as tf.Tensor4D;
    const [, each, kernelH, kernelW] = weight.shape;
    const group = countAttr(node, 'group', 1);
    const out = each * group;
    const [batch, height, width] = x.shape;
    const { window, more } = windowsOf(node, [kernelH, kernelW]);
    const [strideH, strideW] = window.strides;
    const [extentH, extentW] = extentOf(window);
    const whole: [number, number] = [(height - 1) * strideH + extentH, (width - 1) * strideW + extentW];
    const filter = spread(tf.transpose(weight, [2, 3, 1, 0]), window.dilations);
    const transposed = (part: tf.Tensor4D, by: tf.Tensor4D) =>
      tf.conv2dTranspose(part, by, [batch, ...whole, each], window.strides, 'valid');
    const filters = tf.split<tf.Tensor4D>(filter, group, 3);
    const y =
      group === 1
        ? transposed(x, filter)
        : tf.concat<tf.Tensor4D>(
            tf.split<tf.Tensor4D>(x, group, 3).map((part, i) => transposed(part, filters[i] as tf.Tensor4D)),
            3,
          );
    const [top, left] = window.pads;
    const [rows = 1, columns = 1] = outputSize(node, window, more, height, width);
    const beyond = [Math.max(0, top + rows - whole[0]), Math.max(0, left + columns - whole[1])] as const;
    const padded =
      beyond[0] + beyond[1] > 0
        ? tf.pad(y, [
            [0, 0],
            [0, beyond[0]],
            [0, beyond[1]],
            [0, 0],
          ])
        : y;
    const cut = tf.slice(padded, [0, top, left, 0], [batch, rows, columns, out]);
    const bias = ctx.optionalParam(node, 'bias');
    return [Activation.channelsLast(bias === undefined ? cut : tf.add<tf.Tensor4D>(cut, bias))];
  },

  emit(ctx, node, inputs) {
    const weight = ctx.param(node, 'weight');
    const bias = ctx.param(node, 'bias');
    const { window, more } = windowsOf(node, ctx.shape(weight).slice(2));
    ctx.node(
      'ConvTranspose',
      [onlyInput(node, inputs), weight, ...(bias === '' ? [] : [bias])],
      { ...onnxWindow(window), output_padding: more, group: countAttr(node, 'group', 1) },
      node.outputs,
    );
  },
};

function windowsOf(node: Node, kernel: readonly number[]): { window: Window; more: [number, number] } {
  const window = windowOf(node, kernel);
  const [rows = 0, columns = 0] = integersAttr(node, 'outputPadding', [0, 0]);
  return { window, more: [rows, columns] };
}

function outputSize(
  node: Node,
  window: Window,
  more: [number, number],
  height: number,
  width: number,
): [number, number] {
  const { strides, pads } = window;
  const [top, left, bottom, right] = pads;
  const [rows, columns] = extentOf(window);
  const size: [number, number] = [
    (height - 1) * strides[0] + rows - top - bottom + more[0],
    (width - 1) * strides[1] + columns - left - right + more[1],
  ];
  if (size[0] < 1 || size[1] < 1) throw nodeError(node, 'takes its whole output away as padding');
  return size;
}
