import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { coupleBias, passAxes } from '../coupling/passes.ts';
import { sizeOf } from '../graph.ts';
import { expectOptionalParam, expectParam, nodeError, onlyInput, showShape } from '../node-reading.ts';
import type { OpSpec } from '../op.ts';

/** y = x W^T + b with x [batch, ..., in], W [out, in], b [out] or none. */
export const dense: OpSpec = {
  summary: 'fully connected layer',
  makesChannels: true,

  infer(node, inputs, network) {
    const shape = onlyInput(node, inputs);
    const features = shape.at(-1);
    if (features === undefined || shape.length < 2) {
      throw nodeError(node, `needs a value of shape [batch, ..., features], but gets ${showShape(shape)}`);
    }
    const [out = 0] = expectParam(node, network, 'weight', [null, features]);
    expectOptionalParam(node, network, 'bias', [out]);
    return [[...shape.slice(0, -1), out]];
  },

  cost(node, inputs, network) {
    const [, ...sample] = onlyInput(node, inputs);
    const weights = sizeOf(expectParam(node, network, 'weight', [null, sample.at(-1) ?? 0]));
    return { macs: weights * sizeOf(sample.slice(0, -1)) };
  },

  couple(c) {
    const last = c.rank(0) - 1;
    passAxes(c, 'indices', [last]);
    const [makes, reads] = [c.param('weight', 0), c.param('weight', 1)];
    c.same(makes, c.output(last));
    c.side(makes, 'makes');
    c.same(reads, c.input(last));
    c.side(reads, 'reads');
    c.sums(c.input(last), [c.input(last), reads]);
    coupleBias(c, makes, last);
  },

  mixing: (_, input) => ({ channels: input.length - 1, makes: 0, group: 1, taps: [1] }),

  forward(ctx, node, inputs) {
    const x = onlyInput(node, inputs).logical();
    const weight = ctx.param(node, 'weight');
    const [out = 0, features = 1] = weight.shape;
    const flat = x.shape.length === 2;
    const rows = flat ? x : tf.reshape(x, [x.size / features, features]);
    const product = tf.matMul(rows, weight, false, true);
    const bias = ctx.optionalParam(node, 'bias');
    const y = bias === undefined ? product : tf.add(product, bias);
    return [Activation.of(flat ? y : tf.reshape(y, [...x.shape.slice(0, -1), out]))];
  },

  emit(ctx, node, inputs) {
    const input = onlyInput(node, inputs);
    const bias = ctx.param(node, 'bias');
    if (ctx.shape(input).length > 2) {
      // Gemm is for matrices; the transposition of a stored matrix costs nothing in a program that folds constants.
      const turned = ctx.node('Transpose', [ctx.param(node, 'weight')], { perm: [1, 0] });
      if (bias === '') ctx.node('MatMul', [input, ...turned], {}, node.outputs);
      else ctx.node('Add', [...ctx.node('MatMul', [input, ...turned]), bias], {}, node.outputs);
      return;
    }
    ctx.node(
      'Gemm',
      [input, ctx.param(node, 'weight'), ...(bias === '' ? [] : [bias])],
      { transB: 1 },
      node.outputs,
    );
  },
};
