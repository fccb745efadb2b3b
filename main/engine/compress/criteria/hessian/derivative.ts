import * as tf from '@tensorflow/tfjs-core';
import { inputError } from '../../../../contract/errors.ts';
import type { TensorRecord } from '../../../backend/backend.ts';
import { Activation } from '../../../network/activation.ts';
import { contextOf, neededNodes } from '../../../network/forward.ts';
import type { Network } from '../../../network/graph.ts';
import { opOf } from '../../../network/ops/index.ts';
import { logitsName } from '../../../network/shape.ts';
import type { GradientOptions } from '../gradients.ts';
import { noDropout } from '../point.ts';
import { tangentRules } from './rules.ts';
import type { Dual } from './tangent.ts';

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
  { batchNorm, temperature = 1 }: GradientOptions,
): tf.Scalar {
  const x = inputs['x'] as tf.Tensor;
  const dropoutMasks = noDropout(network, x.shape[0] ?? 1);
  const ctx = contextOf(params, { training: batchNorm === 'training', dropoutMasks }, {});
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

/**
 * d/de of the mean cross-entropy of (logits + e tangent) / temperature: the mean over samples of (softmax - target) . tangent
 * / temperature. The gradient by the tangent is written as that of the cross-entropy by the logits is: it is the same one, and
 * a graph with both computes it, and all that follows from it, once.
 */
function slopeOfLoss(
  logits: tf.Tensor,
  tangent: tf.Tensor,
  labels: tf.Tensor1D,
  temperature: number,
): tf.Scalar {
  const batch = labels.shape[0];
  const classes = logits.size / batch;
  const rows = (tensor: tf.Tensor) => {
    const reshaped = tf.reshape(tensor, [batch, classes]);
    return temperature === 1 ? reshaped : tf.div(reshaped, temperature);
  };
  return tf.customGrad((...args) => {
    const [scores, along] = args as tf.Tensor[] as [tf.Tensor2D, tf.Tensor2D];
    const save = args[2] as tf.GradSaveFunc;
    const target = tf.oneHot(labels, classes, 1, 0, 'float32');
    const logProbability = tf.logSoftmax(scores);
    save([logProbability, target, along]);
    const error = tf.sub(tf.exp(logProbability), target);
    return {
      value: tf.div(tf.sum(tf.mul(error, along)), batch),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [logP, wanted, moved] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
        const share = tf.div(dy, batch);
        const probability = tf.exp(logP);
        const mean = tf.sum(tf.mul(probability, moved), 1, true);
        return [
          tf.mul(tf.mul(probability, tf.sub(moved, mean)), share),
          tf.mul(tf.sub(tf.exp(logP), wanted), share),
        ];
      },
    };
  })(rows(logits), rows(tangent)) as tf.Scalar;
}
