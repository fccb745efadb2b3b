import * as tf from '@tensorflow/tfjs-core';
import type { TrainSpec } from '../../contract/recipe.ts';
import type { StepFunction, TensorRecord } from '../backend/backend.ts';
import { countRight, labelLoss, teacherLoss } from '../gradients/loss.ts';
import type { StepHooks } from '../compress/dynamics/dynamics.ts';
import { forward, forwardValues } from '../network/forward.ts';
import { trainableParams, type Network } from '../network/graph.ts';
import { judgementBy } from '../network/head.ts';
import { optimizers } from './optimizers/index.ts';

/** Names under which a training step finds its tensors in the device state. */
export const stateName = {
  param: (name: string) => `param/${name}`,
  mask: (name: string) => `mask/${name}`,
  teacher: (name: string) => `teacher/${name}`,
  extra: (name: string) => `extra/${name}`,
  slot: (slot: string, name: string) => `slot/${slot}/${name}`,
} as const;

const CORRECT = 'correct';

/** Names of a training step's inputs. */
export const dropoutInput = (node: string) => `dropout/${node}`;

/** A tensor that gradients train: its own name (that of its optimiser slots) and where it lies in the state. */
export interface Variable {
  readonly name: string;
  readonly at: string;
  /** Weight decay applies to weights, not to biases and norms, and to scores where their dynamics say so. */
  readonly decays: boolean;
}

/** What a step trains: the network's trainable parameters, or the extra tensors that the dynamics name instead. */
export function variablesOf(network: Network, hooks: StepHooks): Variable[] {
  if (hooks.trained !== undefined) {
    return hooks.trained.map((name) => ({
      name,
      at: stateName.extra(name),
      decays: hooks.trainedDecay === true,
    }));
  }
  return trainableParams(network).map((name) => ({
    name,
    at: stateName.param(name),
    decays: network.params[name]?.role === 'weight',
  }));
}

/**
 * One optimiser step as a pure function.
 * Inputs: x [batch, ...sample], y (int32 [batch], or zeros and ones [batch, classes]), lr, correction1, correction2 (scalars), dropout/<node> masks.
 * State: teacher/<name> where the spec distils, param/<name>, slot/<slot>/<name>, extra/<name>, and mask/<name> for the parameters in `masked` (1 keeps, 0 prunes).
 * Outputs: loss (batch mean) and correct (number of samples that are right).
 * The teacher has a network of its own, of the same classes.
 * Gradients of masked weights are masked, so that pruned weights, their momentum and their decay stay exactly zero.
 */
export function trainStep(
  network: Network,
  spec: TrainSpec,
  masked: ReadonlySet<string>,
  hooks: StepHooks = {},
  teacher?: Network,
): StepFunction {
  const variables = variablesOf(network, hooks);
  const optimizer = optimizers[spec.optimizer];
  return (inputs, state) => {
    const { y, lr, correction1, correction2 } = inputs as typeof inputs & Record<StepInput, tf.Tensor>;
    const extras = extrasOf(state);
    const { loss, gradients, updates, correct } = differentiate(
      network,
      variables,
      hooks,
      state,
      inputs,
      lossOf(network, spec, y, inputs.x as tf.Tensor, state, teacher),
    );
    const next: TensorRecord = { ...updates };
    variables.forEach(({ name, at, decays }, i) => {
      const weight = state[at] as tf.Tensor;
      const slots = Object.fromEntries(
        optimizer.slots.map((slot) => [slot, state[stateName.slot(slot, name)] as tf.Tensor]),
      );
      const penalty = hooks.penalty?.(name, weight, extras);
      const raw = gradients[i] as tf.Tensor;
      const gradient = penalty === undefined ? raw : tf.add(raw, penalty);
      const mask = masked.has(name) ? state[stateName.mask(name)] : undefined;
      const updated = optimizer.update(
        weight,
        mask === undefined ? gradient : tf.mul(gradient, mask),
        slots,
        { lr, correction1, correction2 },
        spec,
        decays ? spec.weightDecay : 0,
      );
      next[at] = updated.weight;
      for (const [slot, value] of Object.entries(updated.slots)) next[stateName.slot(slot, name)] = value;
    });
    return { outputs: { loss, [CORRECT]: correct }, state: next };
  };
}

/** The loss of a batch's logits: that of its labels, with distillation mixed with what the teacher answers on the same batch. */
function lossOf(
  network: Network,
  { labelSmoothing, distill }: TrainSpec,
  y: tf.Tensor,
  x: tf.Tensor,
  state: TensorRecord,
  teacher: Network | undefined,
): (logits: tf.Tensor2D) => tf.Scalar {
  const judgement = judgementBy(network);
  if (distill === undefined) return (logits) => labelLoss(judgement, logits, y, labelSmoothing);
  if (teacher === undefined) throw new Error('a step that distils has a teacher');
  const { weight, temperature } = distill;
  const params = Object.fromEntries(
    Object.keys(teacher.params).map((name) => [name, state[stateName.teacher(name)] as tf.Tensor]),
  );
  const answers = forward(teacher, params, x, { training: false }).logits;
  return (logits) =>
    tf.add(
      tf.mul(labelLoss(judgement, logits, y, labelSmoothing), 1 - weight),
      tf.mul(teacherLoss(judgement, logits, answers, y, temperature), weight),
    );
}

type StepInput = 'y' | 'lr' | 'correction1' | 'correction2';

/**
 * Gradients of the mean loss by every trainable parameter, without masks and without changing anything.
 * Inputs: x, y; outputs: grad/<name>; state: param/<name>.
 */
export function gradientStep(network: Network): StepFunction {
  const variables = variablesOf(network, {});
  return (inputs, state) => {
    const { gradients, loss } = differentiate(network, variables, {}, state, inputs, (logits) =>
      labelLoss(judgementBy(network), logits, inputs.y as tf.Tensor, 0),
    );
    const outputs: TensorRecord = { loss };
    variables.forEach(({ name }, i) => (outputs[gradientOutput(name)] = gradients[i] as tf.Tensor));
    return { outputs, state: {} };
  };
}

/** Name of a parameter's gradient among a gradient step's outputs. */
export const gradientOutput = (name: string) => `grad/${name}`;

/** Logits of a batch in evaluation mode. Inputs: x; outputs: logits [batch, classes]; state: param/<name>. */
export function evaluationStep(network: Network): StepFunction {
  return (inputs, state) => ({
    outputs: {
      logits: forward(network, paramsOf(network, state), inputs.x as tf.Tensor, { training: false }).logits,
    },
    state: {},
  });
}

/** Values of a batch by name in evaluation mode. Inputs: x; state: param/<name>. */
export function valuesStep(network: Network, names: readonly string[]): StepFunction {
  const [input] = network.inputs;
  return (inputs, state) => {
    const given = { [input?.name ?? '']: inputs.x as tf.Tensor };
    const { values } = forwardValues(network, paramsOf(network, state), given, names, { training: false });
    const outputs = names.map((name) => [name, values.get(name)?.logical() as tf.Tensor] as const);
    return { outputs: Object.fromEntries(outputs), state: {} };
  };
}

/** New running statistics of a batch in training mode, by parameter name. Inputs: x; state: param/<name>. */
export function statisticsStep(network: Network): StepFunction {
  return (inputs, state) => ({
    outputs: forward(network, paramsOf(network, state), inputs.x as tf.Tensor, {
      training: true,
      dropoutMasks: dropoutMasks(inputs),
    }).updates,
    state: {},
  });
}

/** Loss, gradients by the variables, new running statistics (by state name) and correct answers of one batch. */
function differentiate(
  network: Network,
  variables: readonly Variable[],
  hooks: StepHooks,
  state: TensorRecord,
  inputs: TensorRecord,
  lossFrom: (logits: tf.Tensor2D) => tf.Scalar,
): { loss: tf.Scalar; gradients: tf.Tensor[]; updates: TensorRecord; correct: tf.Tensor } {
  // Made inside the differentiated function, whose scope disposes of everything but the loss: kept, then handed out below.
  const kept: TensorRecord = {};
  const lossOf = (...values: tf.Tensor[]): tf.Scalar => {
    const current = { ...state };
    variables.forEach(({ at }, i) => (current[at] = values[i] as tf.Tensor));
    const params = paramsOf(network, current);
    const effective = hooks.effective?.(params, extrasOf(current)) ?? params;
    const result = forward(network, effective, inputs.x as tf.Tensor, {
      training: true,
      dropoutMasks: dropoutMasks(inputs),
    });
    for (const [name, value] of Object.entries(result.updates)) kept[stateName.param(name)] = tf.keep(value);
    kept[CORRECT] = tf.keep(countRight(result.logits, inputs.y as tf.Tensor));
    return lossFrom(result.logits);
  };
  const { value: loss, grads } = tf.valueAndGrads(lossOf)(variables.map(({ at }) => state[at] as tf.Tensor));
  const { [CORRECT]: correct, ...updates } = released(kept) as TensorRecord & { [CORRECT]: tf.Tensor };
  return { loss: loss, gradients: grads, updates, correct };
}

function paramsOf(network: Network, state: TensorRecord): TensorRecord {
  return Object.fromEntries(
    Object.keys(network.params).map((name) => [name, state[stateName.param(name)] as tf.Tensor]),
  );
}

function extrasOf(state: TensorRecord): TensorRecord {
  return withoutPrefix(state, stateName.extra(''));
}

function dropoutMasks(inputs: TensorRecord): TensorRecord {
  return withoutPrefix(inputs, dropoutInput(''));
}

function withoutPrefix(record: TensorRecord, prefix: string): TensorRecord {
  const entries = Object.entries(record).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
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
