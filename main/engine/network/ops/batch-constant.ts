import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { nodeError, onlyInput, paramShape } from '../node-reading.ts';
import type { OpSpec } from '../op.ts';

/** The same trained values for every sample, such as a transformer's class token. Its input only gives the batch's size. */
export const batchConstant: OpSpec = {
  summary: 'the same trained values for every sample',

  infer(node, inputs, network) {
    const [batch = 1] = onlyInput(node, inputs);
    const shape = paramShape(node, network, 'bias');
    if (shape?.[0] !== 1) throw nodeError(node, 'needs values whose first axis is 1');
    return [[batch, ...shape.slice(1)]];
  },

  couple(c) {
    for (let axis = 1; axis < c.rank(0); axis++) c.free(c.input(axis));
    c.position(c.param('bias', 0));
    for (let axis = 1; axis < c.paramRank('bias'); axis++) {
      const values = c.param('bias', axis);
      c.same(values, c.output(axis));
      c.side(values, 'along');
      c.zeros(c.output(axis), [values]);
    }
  },

  forward(ctx, node, inputs) {
    const [batch = 1] = onlyInput(node, inputs).shape;
    const values = ctx.param(node, 'bias');
    return [Activation.of(tf.tile(values, [batch, ...values.shape.slice(1).map(() => 1)]))];
  },

  emit(ctx, node, inputs) {
    const values = ctx.param(node, 'bias');
    const shape = ctx.node('Shape', [onlyInput(node, inputs)], { start: 0, end: 1 });
    const ones = ctx.int64(ctx.shape(values).slice(1));
    const target = ctx.node('Concat', [...shape, ones], { axis: 0 });
    ctx.node('Expand', [values, ...target], {}, node.outputs);
  },
};
