import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { passChannels } from '../coupling/passes.ts';
import { onlyInput, spatialInput } from '../node-reading.ts';
import type { OpSpec } from '../op.ts';

/** Mean over height and width, which stay as axes of size 1. */
export const globalAvgPool: OpSpec = {
  summary: 'mean of each channel',
  passesSignal: true,
  neverNegative: (_, inputs) => inputs,

  infer(node, inputs) {
    const [batch, channels] = spatialInput(node, inputs);
    return [[batch, channels, 1, 1]];
  },

  couple: (c) => passChannels(c),

  forward(_, node, inputs) {
    const x = onlyInput(node, inputs).spatial();
    return [Activation.channelsLast(tf.mean<tf.Tensor4D>(x, [1, 2], true))];
  },

  emit(ctx, node, inputs) {
    ctx.node('GlobalAveragePool', [onlyInput(node, inputs)], {}, node.outputs);
  },
};
