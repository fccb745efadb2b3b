import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { coupleReshape } from '../coupling/passes.ts';
import { sizeOf } from '../graph.ts';
import { onlyInput } from '../node-reading.ts';
import type { OpSpec } from '../op.ts';

/** [batch, ...] to [batch, features], channels first. */
export const flatten: OpSpec = {
  summary: 'all axes but the batch become one',
  passesSignal: true,
  moves: true,
  neverNegative: (_, inputs) => inputs,

  infer(node, inputs) {
    const [batch = 1, ...rest] = onlyInput(node, inputs);
    return [[batch, sizeOf(rest)]];
  },

  couple: (c) => coupleReshape(c),

  forward(_, node, inputs) {
    const input = onlyInput(node, inputs);
    const [batch = 1, ...rest] = input.shape;
    return [Activation.of(tf.reshape(input.logical(), [batch, sizeOf(rest)]))];
  },

  emit(ctx, node, inputs) {
    ctx.node('Flatten', [onlyInput(node, inputs)], { axis: 1 }, node.outputs);
  },
};
