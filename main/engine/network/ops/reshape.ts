import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { coupleReshape } from '../coupling/passes.ts';
import type { Node } from '../graph.ts';
import { sizeOf } from '../graph.ts';
import { integersAttr, nodeError, onlyInput, showShape } from '../node-reading.ts';
import type { OpSpec } from '../op.ts';

/** Attribute `shape`: the wanted shape of one sample, without the batch axis; one entry may be -1 (what is left). */
export const reshape: OpSpec = {
  summary: 'same values, another shape',
  passesSignal: true,
  moves: true,
  neverNegative: (_, inputs) => inputs,

  infer: (node, inputs) => [target(node, onlyInput(node, inputs))],

  couple: (c) => coupleReshape(c),

  resized: (node, left) => ({
    shape: integersAttr(node, 'shape').map((_, i) => left.output(i + 1).length),
  }),

  forward(_, node, inputs) {
    const input = onlyInput(node, inputs);
    return [Activation.of(tf.reshape(input.logical(), [...target(node, input.shape)]))];
  },

  emit(ctx, node, inputs) {
    const input = onlyInput(node, inputs);
    const [, ...sample] = target(node, ctx.shape(input));
    // 0 copies the batch axis of the input.
    ctx.node('Reshape', [input, ctx.int64([0, ...sample])], {}, node.outputs);
  },
};

function target(node: Node, input: readonly number[]): number[] {
  const [batch = 1, ...sample] = input;
  const wanted = integersAttr(node, 'shape');
  const known = sizeOf(wanted.filter((dim) => dim !== -1));
  const open = wanted.filter((dim) => dim === -1).length;
  const left = sizeOf(sample) / known;
  const fits = open === 0 ? left === 1 : open === 1 && Number.isInteger(left);
  if (!fits || known < 1) {
    throw nodeError(node, `cannot make ${showShape(wanted)} of samples of shape ${showShape(sample)}`);
  }
  return [batch, ...wanted.map((dim) => (dim === -1 ? left : dim))];
}
