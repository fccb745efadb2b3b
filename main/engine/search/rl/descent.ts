import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../../network/graph.ts';
import type { HostRecord, HostTensor, TensorRecord } from '../../backend/backend.ts';
import { adam, BETA1, BETA2 } from '../../train/optimizers/adam.ts';

/** Adam's tensors beside the variables that it moves, by name. */
const slotName = (slot: string, variable: string) => `${slot}/${variable}`;

/** Adam's tensors before its first step. */
export function freshSlots(values: HostRecord, variables: readonly string[]): HostRecord {
  return Object.fromEntries(
    variables.flatMap((name) =>
      adam.slots.map((slot): [string, HostTensor] => {
        const shape = values[name]?.shape ?? [];
        return [slotName(slot, name), { shape, data: new Float32Array(sizeOf(shape)) }];
      }),
    ),
  );
}

/** What an Adam step is fed: its learning rate and the corrections of its t-th step, t from 1. */
export function adamInputs(lr: number, t: number): HostRecord {
  const scalar = (value: number): HostTensor => ({ shape: [], data: Float32Array.of(value) });
  return { lr: scalar(lr), correction1: scalar(1 - BETA1 ** t), correction2: scalar(1 - BETA2 ** t) };
}

/**
 * One Adam step of some variables down a loss.
 * @param scale of the learning rate
 * @returns the new values of variables and slots, by name
 */
export function descended(
  state: TensorRecord,
  variables: readonly string[],
  loss: (values: TensorRecord) => tf.Tensor,
  inputs: TensorRecord,
  scale = 1,
): TensorRecord {
  const lossOf = (...values: tf.Tensor[]): tf.Scalar => {
    const current = { ...state };
    variables.forEach((name, i) => (current[name] = values[i] as tf.Tensor));
    return loss(current) as tf.Scalar;
  };
  const { grads } = tf.valueAndGrads(lossOf)(variables.map((name) => state[name] as tf.Tensor));
  const { lr, correction1, correction2 } = inputs as Record<'lr' | 'correction1' | 'correction2', tf.Tensor>;
  const next: TensorRecord = {};
  variables.forEach((name, i) => {
    const slots = Object.fromEntries(
      adam.slots.map((slot) => [slot, state[slotName(slot, name)] as tf.Tensor]),
    );
    const updated = adam.update(
      state[name] as tf.Tensor,
      grads[i] as tf.Tensor,
      slots,
      { lr: scale === 1 ? lr : tf.mul(lr, scale), correction1, correction2 },
      { momentum: 0, nesterov: false },
      0,
    );
    next[name] = updated.weight;
    for (const [slot, value] of Object.entries(updated.slots)) next[slotName(slot, name)] = value;
  });
  return next;
}
