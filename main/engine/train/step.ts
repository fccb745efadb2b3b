import * as tf from '@tensorflow/tfjs-core';
import type { TrainSpec } from '../../contract/recipe.ts';
import type { StepFunction, TensorRecord } from '../backend/backend.ts';
import { softmaxCrossEntropy } from '../backend/gradients/cross-entropy.ts';
import { forward } from '../network/forward.ts';
import { trainableParams, type Network } from '../network/graph.ts';
import { optimizers } from './optimizers/index.ts';

/** Names under which a training step finds its tensors in the device state. */
export const stateName = {
  param: (name: string) => `param/${name}`,
  mask: (name: string) => `mask/${name}`,
  slot: (slot: string, name: string) => `slot/${slot}/${name}`,
} as const;

const CORRECT = 'correct';

/** Names of a training step's inputs. */
export const dropoutInput = (node: string) => `dropout/${node}`;

/**
 * One optimiser step as a pure function.
 * Inputs: x [batch, ...sample], y int32 [batch], lr, correction1, correction2 (scalars), dropout/<node> masks.
 * State: param/<name>, slot/<slot>/<name>, and mask/<name> for the parameters in `masked` (1 keeps, 0 prunes).
 * Outputs: loss (batch mean) and correct (number of samples whose largest logit is the label).
 * Gradients of masked weights are masked, so that pruned weights, their momentum and their decay stay exactly zero.
 */
export function trainStep(network: Network, spec: TrainSpec, masked: ReadonlySet<string>): StepFunction {
  const trainable = trainableParams(network);
  const optimizer = optimizers[spec.optimizer];
  return (inputs, state) => {
    const { x, y, lr, correction1, correction2 } = inputs as Record<string, tf.Tensor> & {
      x: tf.Tensor;
      y: tf.Tensor1D;
      lr: tf.Tensor;
      correction1: tf.Tensor;
      correction2: tf.Tensor;
    };
    const fixed = paramsOf(network, state);
    // Made inside the differentiated function, whose scope disposes of everything but the loss: kept, then handed out below.
    const kept: TensorRecord = {};
    const lossOf = (...weights: tf.Tensor[]): tf.Scalar => {
      const params = { ...fixed };
      trainable.forEach((name, i) => (params[name] = weights[i] as tf.Tensor));
      const result = forward(network, params, x, { training: true, dropoutMasks: dropoutMasks(inputs) });
      for (const [name, value] of Object.entries(result.updates))
        kept[stateName.param(name)] = tf.keep(value);
      kept[CORRECT] = tf.keep(countCorrect(result.logits, y));
      return softmaxCrossEntropy(result.logits, y, spec.labelSmoothing);
    };
    const { value: loss, grads } = tf.valueAndGrads(lossOf)(
      trainable.map((name) => fixed[name] as tf.Tensor),
    );
    const { [CORRECT]: correct, ...updates } = released(kept) as TensorRecord & { [CORRECT]: tf.Tensor };
    const next: TensorRecord = { ...updates };
    trainable.forEach((name, i) => {
      const gradient = grads[i] as tf.Tensor;
      const slots = Object.fromEntries(
        optimizer.slots.map((slot) => [slot, state[stateName.slot(slot, name)] as tf.Tensor]),
      );
      const mask = masked.has(name) ? state[stateName.mask(name)] : undefined;
      const decay = network.params[name]?.role === 'weight' ? spec.weightDecay : 0;
      const updated = optimizer.update(
        fixed[name] as tf.Tensor,
        mask === undefined ? gradient : tf.mul(gradient, mask),
        slots,
        { lr, correction1, correction2 },
        spec,
        decay,
      );
      next[stateName.param(name)] = updated.weight;
      for (const [slot, value] of Object.entries(updated.slots)) next[stateName.slot(slot, name)] = value;
    });
    return { outputs: { loss, [CORRECT]: correct }, state: next };
  };
}

/** Logits of a batch in evaluation mode. Inputs: x; outputs: logits [batch, classes]; state: param/<name>. */
export function evaluationStep(network: Network): StepFunction {
  return (inputs, state) => ({
    outputs: {
      logits: forward(network, paramsOf(network, state), inputs.x as tf.Tensor, { training: false }).logits,
    },
    state: {},
  });
}

function paramsOf(network: Network, state: TensorRecord): TensorRecord {
  return Object.fromEntries(
    Object.keys(network.params).map((name) => [name, state[stateName.param(name)] as tf.Tensor]),
  );
}

function dropoutMasks(inputs: TensorRecord): TensorRecord {
  const prefix = dropoutInput('');
  return Object.fromEntries(
    Object.entries(inputs)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, mask]) => [name.slice(prefix.length), mask]),
  );
}

/** The same values in the current scope; the kept originals are let go. */
function released(kept: TensorRecord): TensorRecord {
  return Object.fromEntries(
    Object.entries(kept).map(([name, tensor]) => {
      const copy = tf.clone(tensor);
      tensor.dispose();
      return [name, copy];
    }),
  );
}

function countCorrect(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor {
  return tf.sum(tf.cast(tf.equal(tf.cast(tf.argMax(logits, 1), 'int32'), labels), 'float32'));
}
