import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { bothInputs, nodeError, showShape } from '../node-reading.ts';
import type { OpSpec } from '../op.ts';

/** Matrix product of two values over their last two axes, as in attention; the axes before them are the same. */
export const matMul: OpSpec = {
  summary: 'matrix product of two values',

  infer(node, inputs) {
    const [a, b] = bothInputs(node, inputs);
    const fits =
      a.length >= 3 &&
      a.length === b.length &&
      a.at(-1) === b.at(-2) &&
      a.slice(0, -2).join() === b.slice(0, -2).join();
    if (!fits) throw nodeError(node, `cannot multiply ${showShape(a)} with ${showShape(b)}`);
    return [[...a.slice(0, -1), b.at(-1) ?? 0]];
  },

  cost(node, inputs) {
    const [[, ...a], b] = bothInputs(node, inputs);
    return { macs: a.reduce((product, dim) => product * dim, b.at(-1) ?? 0) };
  },

  forward(_, node, inputs) {
    const [a, b] = bothInputs(node, inputs);
    return [Activation.of(tf.matMul(a.logical(), b.logical()))];
  },

  emit: (ctx, node, inputs) => void ctx.node('MatMul', inputs, {}, node.outputs),
};
