import * as tf from '@tensorflow/tfjs-core';
import { inputError, type EspalierError } from '../../../../contract/errors.ts';
import type { TensorRecord } from '../../../backend/backend.ts';
import { judgementOf, targetsOf, type Judgement } from '../../../gradients/loss.ts';
import { Activation } from '../../../network/activation.ts';
import { contextOf } from '../../../network/forward.ts';
import { neededNodes, type Network, type Node } from '../../../network/graph.ts';
import { judgementBy } from '../../../network/head.ts';
import { opOf } from '../../../network/ops/index.ts';
import { logitsName } from '../../../network/shape.ts';
import type { GradientOptions } from '../gradients.ts';
import { noDropout } from '../point.ts';
import { tangentRuleOf } from './rules.ts';
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
    const rule = tangentRuleOf(node);
    if (rule === null) throw withoutRule(node);
    const output = value as Activation;
    const moved = (role: string) => direction[node.params[role] ?? ''];
    const tangent = rule({ ctx, node, given, output, moved });
    node.outputs.forEach((name) => values.set(name, { value: output, tangent }));
  }
  const { value, tangent } = values.get(wanted) as Dual;
  if (tangent === undefined) throw new Error('no scored parameter reaches the outputs');
  const labels = inputs['y'] as tf.Tensor;
  const judgement = judgementOf(judgementBy(network), labels);
  return slopeOfLoss(judgement, value.logical(), tangent.logical(), labels, temperature);
}

/** Why a network has no such derivative: the first layer without a rule. */
export function withoutDerivative(network: Network): EspalierError | undefined {
  const node = neededNodes(network, [logitsName(network)]).find((each) => tangentRuleOf(each) === null);
  return node === undefined ? undefined : withoutRule(node);
}

function withoutRule({ op, name }: Node): EspalierError {
  return inputError('criterion/no-derivative', `GraSP has no scores for a network with ${op} '${name}'.`, {
    field: 'prune.criterion',
    remedy: "Choose another criterion, such as 'snip'.",
  });
}

/**
 * d/de of the mean cross-entropy of (logits + e tangent) / temperature: the mean over samples of (softmax - target) . tangent
 * / temperature. The gradient by the tangent is written as that of the cross-entropy by the logits is: it is the same one, and
 * a graph with both computes it, and all that follows from it, once.
 */
function slopeOfLoss(
  judgement: Judgement,
  logits: tf.Tensor,
  tangent: tf.Tensor,
  labels: tf.Tensor,
  temperature: number,
): tf.Scalar {
  const [batch = 1] = labels.shape;
  const classes = logits.size / batch;
  const rows = (tensor: tf.Tensor) => {
    const reshaped: tf.Tensor2D = tf.reshape(tensor, [batch, classes]);
    return temperature === 1 ? reshaped : tf.div<tf.Tensor2D>(reshaped, temperature);
  };
  const slope = judgement === 'one class' ? slopeOfSoftmax : slopeOfSigmoids;
  return slope(rows(logits), rows(tangent), targetsOf(labels, classes));
}

function slopeOfSoftmax(logits: tf.Tensor2D, tangent: tf.Tensor2D, target: tf.Tensor2D): tf.Scalar {
  const [batch] = logits.shape;
  return tf.customGrad((...args) => {
    const [scores, along] = args as tf.Tensor[] as [tf.Tensor2D, tf.Tensor2D];
    const save = args[2] as tf.GradSaveFunc;
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
  })(logits, tangent) as tf.Scalar;
}

/** With a sigmoid for each class the mean is over classes too, and no class moves another's probability. */
function slopeOfSigmoids(logits: tf.Tensor2D, tangent: tf.Tensor2D, target: tf.Tensor2D): tf.Scalar {
  const count = logits.size;
  return tf.customGrad((...args) => {
    const [scores, along] = args as tf.Tensor[] as [tf.Tensor2D, tf.Tensor2D];
    const save = args[2] as tf.GradSaveFunc;
    const probability = tf.sigmoid(scores);
    save([probability, target, along]);
    return {
      value: tf.div(tf.sum(tf.mul(tf.sub(probability, target), along)), count),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [p, wanted, moved] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
        const share = tf.div(dy, count);
        const curvature = tf.mul(p, tf.sub(1, p));
        return [tf.mul(tf.mul(curvature, moved), share), tf.mul(tf.sub(p, wanted), share)];
      },
    };
  })(logits, tangent) as tf.Scalar;
}
