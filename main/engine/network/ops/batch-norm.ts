import * as tf from '@tensorflow/tfjs-core';
import { passAxes } from '../coupling/passes.ts';
import { batchNormTrain } from '../../gradients/batch-norm.ts';
import { Activation } from '../activation.ts';
import type { Node } from '../graph.ts';
import { expectParam, nodeError, numberAttr, onlyInput, showShape } from '../node-reading.ts';
import type { ForwardContext, OpSpec } from '../op.ts';

const epsilonOf = (node: Node) => numberAttr(node, 'epsilon', 1e-5);
const momentumOf = (node: Node) => numberAttr(node, 'momentum', 0.1);

/**
 * Batch normalisation (Ioffe and Szegedy 2015) over axis 1 of [batch, channels] or [batch, channels, height, width].
 * Parameters scale, shift, mean, variance, all [channels]. Attributes: epsilon (1e-5) and momentum (0.1), the share of the
 * batch in running = (1 - momentum) * running + momentum * batch. The running variance is fed with the unbiased one.
 */
export const batchNorm: OpSpec = {
  summary: 'batch normalisation with running statistics',
  passesSignal: true,
  runningStatistics: true,

  infer(node, inputs, network) {
    const shape = onlyInput(node, inputs);
    const channels = shape[1];
    if (channels === undefined || (shape.length !== 2 && shape.length !== 4)) {
      throw nodeError(node, `needs a value of rank 2 or 4, but gets ${showShape(shape)}`);
    }
    for (const role of ['scale', 'shift', 'mean', 'variance']) expectParam(node, network, role, [channels]);
    return [shape];
  },

  couple(c) {
    passAxes(c, 'indices');
    c.constants(c.output(1), [c.input(1)]);
    for (const role of ['scale', 'shift', 'mean', 'variance']) {
      c.same(c.param(role, 0), c.input(1));
      c.side(c.param(role, 0), 'along');
    }
    c.zeros(c.output(1), [c.param('scale', 0), c.param('shift', 0)]);
  },

  forward(ctx, node, inputs) {
    const input = onlyInput(node, inputs);
    const spatial = input.shape.length === 4;
    const x = spatial ? input.spatial() : input.logical();
    const y = ctx.training ? normalizeBatch(ctx, node, x) : normalizeRunning(ctx, node, x);
    return [spatial ? Activation.channelsLast(y as tf.Tensor4D) : Activation.of(y)];
  },

  emit(ctx, node, inputs) {
    const params = ['scale', 'shift', 'mean', 'variance'].map((role) => ctx.param(node, role));
    ctx.node(
      'BatchNormalization',
      [onlyInput(node, inputs), ...params],
      // ONNX's momentum is the share of the old value.
      { epsilon: { float: epsilonOf(node) }, momentum: { float: 1 - momentumOf(node) } },
      node.outputs,
    );
  },
};

function normalizeRunning(ctx: ForwardContext, node: Node, x: tf.Tensor): tf.Tensor {
  const param = (role: string) => ctx.param(node, role) as tf.Tensor1D;
  return tf.batchNorm(
    x as tf.Tensor4D,
    param('mean'),
    param('variance'),
    param('shift'),
    param('scale'),
    epsilonOf(node),
  );
}

function normalizeBatch(ctx: ForwardContext, node: Node, x: tf.Tensor): tf.Tensor {
  const param = (role: string) => ctx.param(node, role) as tf.Tensor1D;
  const { y, mean, variance } = batchNormTrain(x, param('scale'), param('shift'), epsilonOf(node));
  const momentum = momentumOf(node);
  const count = x.size / (x.shape.at(-1) ?? 1);
  const blend = (role: 'mean' | 'variance', value: tf.Tensor, share: number) =>
    ctx.update(node, role, tf.add(tf.mul(param(role), 1 - momentum), tf.mul(value, share)));
  blend('mean', mean, momentum);
  blend('variance', variance, (momentum * count) / Math.max(count - 1, 1));
  return y;
}
