import type * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../../../network/activation.ts';
import type { Node } from '../../../network/graph.ts';
import type { ForwardContext } from '../../../network/op.ts';

/** A value and its derivative along a direction; without tangent it does not move. */
export interface Dual {
  readonly value: Activation;
  readonly tangent?: Activation | undefined;
}

export interface Situation {
  readonly ctx: ForwardContext;
  readonly node: Node;
  readonly given: readonly Dual[];
  /** The node's value. */
  readonly output: Activation;
  /** The direction of the node's parameter in a role; undefined where it does not move. */
  readonly moved: (role: string) => tf.Tensor | undefined;
}

/** The tangent of a node's output, made of operations that have gradients themselves. */
export type TangentRule = (situation: Situation) => Activation | undefined;

/** Combines two values of one logical shape in whichever order is there. */
export function together(
  a: Activation,
  b: Activation,
  combine: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
): Activation {
  if (a.shape.length === 4 && (a.isChannelsLast || b.isChannelsLast)) {
    return Activation.channelsLast(combine(a.spatial(), b.spatial()) as tf.Tensor4D);
  }
  return Activation.of(combine(a.logical(), b.logical()));
}
