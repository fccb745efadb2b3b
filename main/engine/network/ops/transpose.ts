import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import type { Node } from '../graph.ts';
import { integersAttr, nodeError, onlyInput } from '../node-reading.ts';
import type { OpSpec } from '../op.ts';

/** Attribute `perm`: output axis i is input axis perm[i]; the batch stays first. */
export const transpose: OpSpec = {
  summary: 'axes in another order',
  passesSignal: true,
  moves: true,
  neverNegative: (_, inputs) => inputs,

  infer(node, inputs) {
    const shape = onlyInput(node, inputs);
    return [permutationOf(node, shape.length).map((axis) => shape[axis] ?? 0)];
  },

  couple(c) {
    permutationOf(c.node, c.rank(0)).forEach((from, to) => {
      if (to === 0) return;
      c.same(c.input(from), c.output(to));
      c.passes(c.output(to), c.input(from));
    });
  },

  forward(_, node, inputs) {
    const input = onlyInput(node, inputs);
    const perm = permutationOf(node, input.shape.length);
    // Between channels first and last only the name of the order changes.
    if (perm.join() === '0,2,3,1') return [Activation.of(input.spatial())];
    if (perm.join() === '0,3,1,2') return [Activation.channelsLast(input.logical() as tf.Tensor4D)];
    return [Activation.of(tf.transpose(input.logical(), perm))];
  },

  emit(ctx, node, inputs) {
    const input = onlyInput(node, inputs);
    ctx.node('Transpose', [input], { perm: permutationOf(node, ctx.shape(input).length) }, node.outputs);
  },
};

/** The input axis of each output axis. */
export function permutationOf(node: Node, rank: number): number[] {
  const perm = integersAttr(node, 'perm');
  const complete = perm.length === rank && perm.every((_, axis) => perm.includes(axis));
  if (!complete || perm[0] !== 0) {
    throw nodeError(
      node,
      `needs 'perm' to order all ${rank} axes with the batch first, not [${perm.join(', ')}]`,
    );
  }
  return [...perm];
}
