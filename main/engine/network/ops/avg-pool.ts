import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { passAxes, positions } from '../coupling/passes.ts';
import { flagAttr, integersAttr, nodeError, onlyInput, spatialInput } from '../node-reading.ts';
import type { OpSpec } from '../op.ts';
import type { Window } from '../window.ts';
import { hasPads, tfPadding, windowOf, windowOutput } from '../window.ts';

/**
 * Mean of each window. Attributes: kernel, strides, pads, countIncludePad (false): whether padding counts as zeros.
 */
export const avgPool: OpSpec = {
  summary: 'mean of each window',
  passesSignal: true,
  neverNegative: (_, inputs) => inputs,

  infer(node, inputs) {
    const [batch, channels, height, width] = spatialInput(node, inputs);
    const window = windowOf(node, integersAttr(node, 'kernel'));
    if (window.dilations.some((dilation) => dilation !== 1)) {
      throw nodeError(node, 'is dilated, which is not supported');
    }
    flagAttr(node, 'countIncludePad', false);
    return [[batch, channels, ...windowOutput(node, window, height, width)]];
  },

  couple(c) {
    passAxes(c, 'indices', [2, 3]);
    positions(c, 2, 3);
    c.zeros(c.output(1), [c.input(1)]);
    // Zeros that count as values make the border another number.
    if (!flagAttr(c.node, 'countIncludePad', false)) c.constants(c.output(1), [c.input(1)]);
  },

  forward(_, node, inputs) {
    const x = onlyInput(node, inputs).spatial();
    const window = windowOf(node, integersAttr(node, 'kernel'));
    const padding = tfPadding(window);
    // Zeros are added here and not by the pooling: its gradient divides by the whole window whatever it covers.
    const padded = padding === 'valid' ? x : tf.pad(x, padding);
    const mean = tf.avgPool(padded, window.kernel, window.strides, 'valid');
    return [
      Activation.channelsLast(
        hasPads(window) && !flagAttr(node, 'countIncludePad', false)
          ? tf.mul(mean, coverage(window, x.shape[1], x.shape[2]))
          : mean,
      ),
    ];
  },

  emit(ctx, node, inputs) {
    const { kernel, strides, pads } = windowOf(node, integersAttr(node, 'kernel'));
    ctx.node(
      'AveragePool',
      [onlyInput(node, inputs)],
      {
        kernel_shape: kernel,
        strides,
        pads,
        count_include_pad: Number(flagAttr(node, 'countIncludePad', false)),
      },
      node.outputs,
    );
  },
};

/** [1, outH, outW, 1]: the window's area over the part of it that lies on the input. */
function coverage(window: Window, height: number, width: number): tf.Tensor4D {
  const [top, left, bottom, right] = window.pads;
  const rows = covered(height, top, bottom, window.kernel[0], window.strides[0]);
  const columns = covered(width, left, right, window.kernel[1], window.strides[1]);
  const area = window.kernel[0] * window.kernel[1];
  const ratios = rows.flatMap((row) => columns.map((column) => area / (row * column)));
  return tf.tensor4d(ratios, [1, rows.length, columns.length, 1]);
}

/** For each position of the window along one axis, how many of its cells lie on the input. */
function covered(size: number, before: number, after: number, kernel: number, stride: number): number[] {
  const positions = Math.floor((size + before + after - kernel) / stride) + 1;
  return Array.from({ length: positions }, (_, i) => {
    const start = i * stride - before;
    return Math.min(start + kernel, size) - Math.max(start, 0);
  });
}
