import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import type { Coupler } from '../coupling/coupler.ts';
import { bothInputs, nodeError, showShape } from '../node-reading.ts';
import type { OpSpec } from '../op.ts';

/** An output's axis of a product with shares: constant where the second factor's is; its rows are the shares'. */
function coupleMean(c: Coupler, axis: number, rank: number): void {
  if (axis !== rank - 2) c.constants(c.output(axis), [c.input(axis, 1)]);
}

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

  couple(c) {
    const rank = c.rank(0);
    for (let axis = 1; axis < rank - 2; axis++) {
      c.same(c.input(axis, 0), c.input(axis, 1));
      c.same(c.input(axis, 0), c.output(axis));
      c.zeros(c.output(axis), [c.input(axis, 0), c.input(axis, 1)], 'some');
      c.heads(c.input(axis, 0));
    }
    const [rows, columns, inner, other] = [c.input(-2, 0), c.input(-1, 1), c.input(-1, 0), c.input(-2, 1)];
    c.same(rows, c.output(-2));
    c.zeros(c.output(-2), [rows]);
    c.same(columns, c.output(-1));
    c.zeros(c.output(-1), [columns]);
    c.same(inner, other);
    c.sums(inner, [inner, other]);
    for (const axis of [rows, columns, inner]) c.width(axis);
    // A mean of equal rows is that row: attention passes on what is the same for all tokens, as the bias of a head's values is.
    if (c.areShares(inner)) for (let axis = 1; axis < rank; axis++) coupleMean(c, axis, rank);
  },

  forward(_, node, inputs) {
    const [a, b] = bothInputs(node, inputs);
    return [Activation.of(tf.matMul(a.logical(), b.logical()))];
  },

  emit: (ctx, node, inputs) => void ctx.node('MatMul', inputs, {}, node.outputs),
};
