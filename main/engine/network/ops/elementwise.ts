import type * as tf from '@tensorflow/tfjs-core';
import { passAxes } from '../coupling/passes.ts';
import type { Node } from '../graph.ts';
import { onlyInput } from '../node-reading.ts';
import type { EmitContext, OpSpec, OpTraits } from '../op.ts';

type AtZero = 'zero' | 'other' | 'infinite';

/** What an activation function has to say of itself: its value, and its ONNX nodes. */
interface Elementwise extends OpTraits {
  /** What it makes of zero: zero, another number, or nothing finite (it, or its slope). */
  readonly atZero: AtZero | ((node: Node) => AtZero);
  readonly apply: (x: tf.Tensor, node: Node) => tf.Tensor;
  readonly emit: (ctx: EmitContext, node: Node, input: string) => void;
}

/** The record of an op that maps one value to one of the same shape, element by element. */
export function elementwise({ atZero, apply, emit, ...about }: Elementwise): OpSpec {
  return {
    ...about,
    infer: (node, inputs) => [onlyInput(node, inputs)],
    couple(c) {
      const made = typeof atZero === 'string' ? atZero : atZero(c.node);
      passAxes(c, made === 'zero' ? 'zeros and constants' : 'constants');
      if (made !== 'infinite') return;
      for (let axis = 1; axis < c.rank(0); axis++)
        c.hold(c.input(axis), 'has no finite value or slope at zero');
    },
    forward: (_, node, inputs) => [onlyInput(node, inputs).map((x) => apply(x, node))],
    emit: (ctx, node, inputs) => emit(ctx, node, onlyInput(node, inputs)),
  };
}
