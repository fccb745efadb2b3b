import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import type { Node } from '../graph.ts';
import { axisAttr, nodeError, showShape } from '../node-reading.ts';
import type { OpSpec } from '../op.ts';

/** Joins values along `axis` (1, the channels). */
export const concat: OpSpec = {
  summary: 'values one after the other along an axis',
  passesSignal: true,
  neverNegative: (_, inputs) => inputs,

  infer(node, inputs) {
    const [first] = inputs;
    if (first === undefined) throw nodeError(node, 'has no inputs');
    const axis = joined(node, first.length);
    for (const shape of inputs) {
      if (shape.length !== first.length || shape.some((dim, i) => i !== axis && dim !== first[i])) {
        throw nodeError(node, `cannot join ${showShape(first)} and ${showShape(shape)} along axis ${axis}`);
      }
    }
    const total = inputs.reduce((sum, shape) => sum + (shape[axis] ?? 0), 0);
    return [first.map((dim, i) => (i === axis ? total : dim))];
  },

  couple(c) {
    const along = joined(c.node, c.rank(0));
    const given = Array.from({ length: c.inputs }, (_, i) => i);
    for (let axis = 1; axis < c.rank(0); axis++) {
      let offset = 0;
      for (const i of given) {
        c.run(c.input(axis, i), 0, c.output(axis), offset);
        if (axis === along) offset += c.input(axis, i).size;
      }
      const axes = given.map((i) => c.input(axis, i));
      c.zeros(c.output(axis), axes);
      // Along another axis two constants beside one another are no constant.
      if (axis === along) c.constants(c.output(axis), axes);
    }
  },

  forward(_, node, inputs) {
    const rank = inputs[0]?.shape.length ?? 0;
    const axis = joined(node, rank);
    if (rank === 4 && axis === 1 && inputs.some((input) => input.isChannelsLast)) {
      return [
        Activation.channelsLast(
          tf.concat(
            inputs.map((input) => input.spatial()),
            3,
          ),
        ),
      ];
    }
    return [
      Activation.of(
        tf.concat(
          inputs.map((input) => input.logical()),
          axis,
        ),
      ),
    ];
  },

  emit(ctx, node, inputs) {
    const rank = ctx.shape(inputs[0] ?? '').length;
    ctx.node('Concat', inputs, { axis: joined(node, rank) }, node.outputs);
  },
};

function joined(node: Node, rank: number): number {
  const axis = axisAttr(node, 'axis', rank, 1);
  if (axis === 0) throw nodeError(node, 'joins along the batch, which is not supported');
  return axis;
}
