import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { passAll } from '../coupling/passes.ts';
import type { Node } from '../graph.ts';
import { nodeError, numberAttr, onlyInput } from '../node-reading.ts';
import type { OpSpec } from '../op.ts';

/** Share of values set to zero while training: attribute `rate` (0.5). */
export function dropoutRate(node: Node): number {
  const rate = numberAttr(node, 'rate', 0.5);
  if (!(rate >= 0 && rate < 1)) throw nodeError(node, `needs a rate in [0, 1), not ${rate}`);
  return rate;
}

/** Dropout (Srivastava et al. 2014), scaled while training, so that it is the identity afterwards. */
export const dropout: OpSpec = {
  summary: 'random zeros while training, nothing afterwards',
  passesSignal: true,
  moves: true,
  neverNegative: (_, inputs) => inputs,

  infer(node, inputs) {
    dropoutRate(node);
    return [onlyInput(node, inputs)];
  },

  couple: passAll,

  forward(ctx, node, inputs) {
    const input = onlyInput(node, inputs);
    if (!ctx.training || dropoutRate(node) === 0) return [input];
    const mask = Activation.of(ctx.dropoutMask(node, input.shape));
    return [
      input.isChannelsLast
        ? Activation.channelsLast(tf.mul(input.spatial(), mask.spatial()))
        : Activation.of(tf.mul(input.logical(), mask.logical())),
    ];
  },

  emit(ctx, node, inputs) {
    ctx.node('Dropout', [onlyInput(node, inputs), ctx.scalar(dropoutRate(node))], {}, node.outputs);
  },
};
