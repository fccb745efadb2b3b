import type * as tf from '@tensorflow/tfjs-core';
import type { TrainSpec } from '../../../contract/recipe.ts';

/** What changes from step to step and is therefore fed, never baked into the compiled step. */
interface StepScalars {
  readonly lr: tf.Tensor;
  /** 1 - beta1^t and 1 - beta2^t of Adam's bias correction, t counted from 1. */
  readonly correction1: tf.Tensor;
  readonly correction2: tf.Tensor;
}

/**
 * An update rule, as a pure function of one parameter. State is kept by parameter name, so that parameters can come and go
 * and a mask can zero a parameter's slots.
 */
export interface Optimizer {
  /** Names of the tensors kept per parameter, each of the parameter's shape and zero before the first step. */
  readonly slots: readonly string[];
  /**
   * One step. Where weight and gradient are zero and the slots are zero, all of them stay zero: a pruned weight stays pruned.
   * @param decay weight decay for this parameter, 0 for biases and norms.
   */
  update(
    weight: tf.Tensor,
    gradient: tf.Tensor,
    slots: Readonly<Record<string, tf.Tensor>>,
    scalars: StepScalars,
    spec: Pick<TrainSpec, 'momentum' | 'nesterov'>,
    decay: number,
  ): { weight: tf.Tensor; slots: Record<string, tf.Tensor> };
}
