import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { passChannels } from '../coupling/passes.ts';
import { integersAttr, nodeError, onlyInput, spatialInput } from '../node-reading.ts';
import type { OpSpec } from '../op.ts';
import { onnxWindow, tfPadding, windowOf, windowOutput } from '../window.ts';

/** Maximum of each window; padding never wins. Attributes: kernel, strides, pads. */
export const maxPool: OpSpec = {
  summary: 'maximum of each window',
  passesSignal: true,
  neverNegative: (_, inputs) => inputs,

  infer(node, inputs) {
    const [batch, channels, height, width] = spatialInput(node, inputs);
    const window = windowOf(node, integersAttr(node, 'kernel'));
    if (window.dilations.some((dilation) => dilation !== 1)) {
      throw nodeError(node, 'is dilated, which is not supported');
    }
    return [[batch, channels, ...windowOutput(node, window, height, width)]];
  },

  couple: (c) => passChannels(c),

  forward(_, node, inputs) {
    const x = onlyInput(node, inputs).spatial();
    const window = windowOf(node, integersAttr(node, 'kernel'));
    return [Activation.channelsLast(tf.maxPool(x, window.kernel, window.strides, tfPadding(window)))];
  },

  emit(ctx, node, inputs) {
    const window = windowOf(node, integersAttr(node, 'kernel'));
    ctx.node('MaxPool', [onlyInput(node, inputs)], onnxWindow(window), node.outputs);
  },
};
