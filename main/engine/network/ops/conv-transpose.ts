import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import type { Node } from '../graph.ts';
import { sizeOf } from '../graph.ts';
import {
  expectOptionalParam,
  expectParam,
  integersAttr,
  nodeError,
  onlyInput,
  paramShape,
  spatialInput,
} from '../node.ts';
import type { OpSpec } from '../op.ts';
import { type Window, windowOf } from '../window.ts';

/**
 * Transposed convolution, the gradient of a convolution with respect to its input. Weight [in, out, kernelH, kernelW], bias
 * [out] or none. Attributes: strides, pads (taken away from the output), outputPadding (added at its end).
 */
export const convTranspose: OpSpec = {
  op: 'ConvTranspose2D',
  summary: 'transposed convolution',

  infer(node, inputs, network) {
    const [batch, channels, height, width] = spatialInput(node, inputs);
    const [, out = 0, ...kernel] = expectParam(node, network, 'weight', [channels, null, null, null]);
    expectOptionalParam(node, network, 'bias', [out]);
    const { window, more } = windowsOf(node, kernel);
    return [[batch, out, ...outputSize(node, window, more, height, width)]];
  },

  cost(node, inputs, network) {
    const [, , height, width] = spatialInput(node, inputs);
    return { macs: height * width * sizeOf(paramShape(node, network, 'weight') ?? []) };
  },

  forward(ctx, node, inputs) {
    const x = onlyInput(node, inputs).spatial();
    const weight = ctx.param(node, 'weight') as tf.Tensor4D;
    const [, out, kernelH, kernelW] = weight.shape;
    const [batch, height, width] = x.shape;
    const { window, more } = windowsOf(node, [kernelH, kernelW]);
    const [strideH, strideW] = window.strides;
    const whole: [number, number] = [(height - 1) * strideH + kernelH, (width - 1) * strideW + kernelW];
    const filter = tf.transpose(weight, [2, 3, 1, 0]);
    const y = tf.conv2dTranspose(x, filter, [batch, ...whole, out], window.strides, 'valid');
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
      { kernel_shape: window.kernel, strides: window.strides, pads: window.pads, output_padding: more },
      node.outputs,
    );
  },
};

function windowsOf(node: Node, kernel: readonly number[]): { window: Window; more: [number, number] } {
  const window = windowOf(node, kernel);
  const [rows = 0, columns = 0] = integersAttr(node, 'outputPadding', [0, 0]);
  if (window.dilations.some((dilation) => dilation !== 1)) {
    throw nodeError(node, 'is dilated, which is not supported');
  }
  return { window, more: [rows, columns] };
}

function outputSize(
  node: Node,
  { kernel, strides, pads }: Window,
  more: [number, number],
  height: number,
  width: number,
): [number, number] {
  const [top, left, bottom, right] = pads;
  const size: [number, number] = [
    (height - 1) * strides[0] + kernel[0] - top - bottom + more[0],
    (width - 1) * strides[1] + kernel[1] - left - right + more[1],
  ];
  if (size[0] < 1 || size[1] < 1) throw nodeError(node, 'takes its whole output away as padding');
  return size;
}
