import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { passAxes } from '../coupling/passes.ts';
import type { Node } from '../graph.ts';
import {
  axisAttr,
  expectOptionalParam,
  expectParam,
  nodeError,
  numberAttr,
  onlyInput,
} from '../node-reading.ts';
import type { OpSpec } from '../op.ts';

const epsilonOf = (node: Node) => numberAttr(node, 'epsilon', 1e-5);

/**
 * Layer normalisation (Ba et al. 2016) over the axes from `axis` (-1) on. Parameters scale and shift (or none), of the shape
 * of these axes. Attribute epsilon (1e-5).
 */
export const layerNorm: OpSpec = {
  summary: 'layer normalisation over the last axes',

  infer(node, inputs, network) {
    const shape = onlyInput(node, inputs);
    const axis = axisAttr(node, 'axis', shape.length, -1);
    if (axis === 0) throw nodeError(node, 'normalises over the batch');
    expectParam(node, network, 'scale', shape.slice(axis));
    expectOptionalParam(node, network, 'shift', shape.slice(axis));
    return [shape];
  },

  couple(c) {
    const first = axisAttr(c.node, 'axis', c.rank(0), -1);
    passAxes(c, 'indices');
    for (let axis = first; axis < c.rank(0); axis++) {
      c.hold(c.input(axis), 'takes mean and variance over all of them');
      for (const role of ['scale', 'shift']) {
        if (!c.has(role)) continue;
        c.same(c.param(role, axis - first), c.input(axis));
        c.side(c.param(role, axis - first), 'along');
      }
    }
  },

  forward(ctx, node, inputs) {
    const x = onlyInput(node, inputs).logical();
    const axis = axisAttr(node, 'axis', x.shape.length, -1);
    const axes = x.shape.flatMap((_, i) => (i < axis ? [] : [i]));
    const centred = tf.sub(x, tf.mean(x, axes, true));
    const variance = tf.mean(tf.square(centred), axes, true);
    const scaled = tf.mul(
      tf.mul(centred, tf.rsqrt(tf.add(variance, epsilonOf(node)))),
      ctx.param(node, 'scale'),
    );
    const shift = ctx.optionalParam(node, 'shift');
    return [Activation.of(shift === undefined ? scaled : tf.add(scaled, shift))];
  },

  emit(ctx, node, inputs) {
    const input = onlyInput(node, inputs);
    const axis = axisAttr(node, 'axis', ctx.shape(input).length, -1);
    ctx.node(
      'LayerNormalization',
      [input, ctx.param(node, 'scale'), ctx.param(node, 'shift')],
      { axis, epsilon: { float: epsilonOf(node) } },
      node.outputs,
    );
  },
};
