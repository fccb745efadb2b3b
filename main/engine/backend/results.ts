import * as tf from '@tensorflow/tfjs-core';
import type { StepFunction, TensorRecord } from './backend.ts';

/**
 * Takes a step's results out of it: outputs, and the state entries that changed, as tensors of their own. A clone is needed
 * where a tensor is returned under two names or is one of the inputs; what the step kept for itself is let go.
 */
export function takeResults(
  result: ReturnType<StepFunction>,
  inputs: TensorRecord,
  state: TensorRecord,
): { outputs: TensorRecord; updates: TensorRecord } {
  const changed = Object.entries(result.state).filter(([key, tensor]) => tensor !== state[key]);
  const taken = { outputs: clones(Object.entries(result.outputs)), updates: clones(changed) };
  releaseResults(result, inputs, state);
  return taken;
}

/** Disposes a step's results, but not those that are its own inputs. */
export function releaseResults(
  result: ReturnType<StepFunction>,
  inputs: TensorRecord,
  state: TensorRecord,
): void {
  const given = new Set([...Object.values(inputs), ...Object.values(state)]);
  const made = [...Object.values(result.outputs), ...Object.values(result.state)].filter(
    (tensor) => !given.has(tensor),
  );
  tf.dispose([...new Set(made)]);
}

function clones(tensors: readonly (readonly [string, tf.Tensor])[]): TensorRecord {
  return Object.fromEntries(tensors.map(([key, tensor]) => [key, tf.clone(tensor)]));
}
