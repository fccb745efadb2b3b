import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { sizeOf } from '../graph.ts';
import { expectOptionalParam, expectParam, nodeError, onlyInput, showShape } from '../node.ts';
import type { OpSpec } from '../op.ts';

/** y = x W^T + b with x [batch, in], W [out, in], b [out] or none. */
export const dense: OpSpec = {
  op: 'Dense',
  summary: 'fully connected layer',

  infer(node, inputs, network) {
    const shape = onlyInput(node, inputs);
    const [batch, features] = shape;
    if (batch === undefined || features === undefined || shape.length !== 2) {
      throw nodeError(
        node,
        `needs a value of shape [batch, features], but gets ${showShape(shape)}`,
        'Put a Flatten before it.',
      );
    }
    const [out = 0] = expectParam(node, network, 'weight', [null, features]);
    expectOptionalParam(node, network, 'bias', [out]);
    return [[batch, out]];
  },

  cost(node, inputs, network) {
    const [, features = 0] = onlyInput(node, inputs);
    return { macs: sizeOf(expectParam(node, network, 'weight', [null, features])) };
  },

  forward(ctx, node, inputs) {
    const x = onlyInput(node, inputs).logical();
    const y = tf.matMul(x, ctx.param(node, 'weight'), false, true);
    const bias = ctx.optionalParam(node, 'bias');
    return [Activation.of(bias === undefined ? y : tf.add(y, bias))];
  },

  emit(ctx, node, inputs) {
    const bias = ctx.param(node, 'bias');
    ctx.node(
      'Gemm',
      [onlyInput(node, inputs), ctx.param(node, 'weight'), ...(bias === '' ? [] : [bias])],
      { transB: 1 },
      node.outputs,
    );
  },
};
