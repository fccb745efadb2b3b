import * as tf from '@tensorflow/tfjs-core';
import { inputError } from '../../../../contract/errors.ts';
import type { TensorRecord } from '../../../backend/backend.ts';
import { Activation } from '../../../network/activation.ts';
import { contextOf, neededNodes } from '../../../network/forward.ts';
import type { Network } from '../../../network/graph.ts';
import { opOf } from '../../../network/ops/index.ts';
import { logitsName } from '../../../network/shape.ts';
import { noDropout } from '../point.ts';
import { tangentRules, type Dual } from './rules.ts';

/**
 * The derivative of the batch's mean cross-entropy along a direction in parameter space, d/de L(w + e v) at e = 0, as a
 * differentiable function of the parameters: every value is computed together with its own derivative along v (its tangent).
 * @param direction v for the parameters that move; the others stand still.
 * @throws EspalierError for a layer without a rule, by name.
 */
export function derivativeAlong(
  network: Network,
  params: TensorRecord,
  direction: TensorRecord,
  inputs: TensorRecord,
  temperature: number,
): tf.Scalar {
  const x = inputs['x'] as tf.Tensor;
  const dropoutMasks = noDropout(network, x.shape[0] ?? 1);
  const ctx = contextOf(params, { training: true, dropoutMasks }, {});
  const wanted = logitsName(network);
  const values = new Map<string, Dual>([[network.inputs[0]?.name ?? '', { value: Activation.of(x) }]]);
  for (const node of neededNodes(network, [wanted])) {
    const given = node.inputs.map((name) => values.get(name) as Dual);
    const [value] = opOf(node).forward(
      ctx,
      node,
      given.map((dual) => dual.value),
    );
    const rule = tangentRules[node.op];
    if (rule === undefined) {
      throw inputError(
        'criterion/no-derivative',
        `GraSP has no scores for a network with ${node.op} '${node.name}'.`,
        {
          field: 'prune.criterion',
          remedy: "Choose another criterion, such as 'snip'.",
        },
      );
    }
    const output = value as Activation;
    const moved = (role: string) => direction[node.params[role] ?? ''];
    const tangent = rule({ ctx, node, given, output, moved });
    node.outputs.forEach((name) => values.set(name, { value: output, tangent }));
  }
  const { value, tangent } = values.get(wanted) as Dual;
  if (tangent === undefined) throw new Error('no scored parameter reaches the outputs');
  return slopeOfLoss(value.logical(), tangent.logical(), inputs['y'] as tf.Tensor1D, temperature);
}

/** mean over samples of sum over classes of (softmax - target) times the tangent of the tempered logits. */
function slopeOfLoss(
  logits: tf.Tensor,
  tangent: tf.Tensor,
  labels: tf.Tensor1D,
  temperature: number,
): tf.Scalar {
  const batch = labels.shape[0];
  const rows = (tensor: tf.Tensor) => tf.reshape(tf.div(tensor, temperature), [batch, tensor.size / batch]);
  const target = tf.oneHot(labels, logits.size / batch, 1, 0, 'float32');
  const error = tf.sub(tf.softmax(rows(logits) as tf.Tensor2D), target);
  return tf.div(tf.sum(tf.mul(error, rows(tangent))), batch);
}
