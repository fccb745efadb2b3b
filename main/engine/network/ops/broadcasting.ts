import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import type { Axis, Coupler } from '../coupling/coupler.ts';
import type { Node } from '../graph.ts';
import { bothInputs, flagAttr, nodeError, onlyInput, paramShape, showShape } from '../node-reading.ts';
import type { OpSpec, OpTraits } from '../op.ts';

/** What a two-input arithmetic op has to say of itself; `onnx` is its ONNX name. */
interface Broadcasting extends OpTraits {
  readonly onnx: string;
  /** Whose zeros make a zero: those of both operands together, or one's alone, or the first one's. */
  readonly zeroOf: 'both' | 'either' | 'first';
  /** Which operands may not become zero. */
  readonly notZero?: (first: boolean) => boolean;
  readonly apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
}

/**
 * The record of an op on two values, element by element, with NumPy's broadcasting. One of them may be a parameter in the
 * role 'constant' instead of an input: the second, or the first with the attribute `constantFirst`.
 */
export function broadcasting({ onnx, zeroOf, notZero, apply, ...about }: Broadcasting): OpSpec {
  return {
    ...about,

    infer(node, inputs, network) {
      const constant = paramShape(node, network, 'constant');
      const [a, b] = operands(node, inputs, constant);
      const shape = broadcastShape(node, a, b);
      if (constant !== undefined && shape[0] !== onlyInput(node, inputs)[0]) {
        throw nodeError(node, `has a constant of shape ${showShape(constant)}, which reaches over the batch`);
      }
      return [shape];
    },

    couple(c) {
      const rank = c.outputRank(0);
      for (let axis = 1; axis < rank; axis++) {
        const output = c.output(axis);
        // An operand with one index there is the same for all of them.
        const [a, b] = operandAxes(c, axis - rank).map((from) =>
          from?.size === output.size ? from : undefined,
        );
        for (const from of [a, b]) if (from !== undefined) c.same(from, output);
        const given = [a, b].filter((from) => from !== undefined);
        if (zeroOf === 'either') c.zeros(output, given, 'some');
        else if (zeroOf === 'first') c.zeros(output, a === undefined ? [] : [a], 'some');
        else if (given.length === 2) c.zeros(output, given);
        if (uniform(c, axis - rank))
          c.constants(
            output,
            given.filter(({ kind }) => kind === 'value'),
          );
        for (const from of [a, b]) {
          if (from?.kind === 'param') c.side(from, 'along');
          const masked = from?.kind === 'value' || c.trained('constant');
          if (from !== undefined && notZero?.(from === a) && masked)
            c.hold(from, 'has no finite value or slope at zero');
        }
      }
    },

    forward(ctx, node, inputs) {
      const rank = Math.max(...inputs.map((input) => input.shape.length));
      const constant = ctx.optionalParam(node, 'constant');
      const [a, b] = operands(node, inputs, constant && Activation.of(ofRank(constant, rank)));
      const spatial = a.shape.length === 4 && b.shape.length === 4 && (a.isChannelsLast || b.isChannelsLast);
      return [
        spatial
          ? Activation.channelsLast(apply(a.spatial(), b.spatial()) as tf.Tensor4D)
          : Activation.of(apply(a.logical(), b.logical())),
      ];
    },

    emit(ctx, node, inputs) {
      const constant = ctx.param(node, 'constant');
      ctx.node(onnx, operands(node, inputs, constant === '' ? undefined : constant), {}, node.outputs);
    },
  };
}

/** Both operands in order, whichever of them is a constant. */
function operands<T>(node: Node, inputs: readonly T[], constant: T | undefined): [T, T] {
  if (constant === undefined) return bothInputs(node, inputs);
  const input = onlyInput(node, inputs);
  return flagAttr(node, 'constantFirst', false) ? [constant, input] : [input, constant];
}

function broadcastShape(node: Node, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[a.length - rank + i] ?? 1;
    const right = b[b.length - rank + i] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw nodeError(node, `cannot combine ${showShape(a)} with ${showShape(b)}`);
    }
    return left === 1 ? right : left;
  });
}

/** A tensor with axes of size 1 put before, so that it can follow a value into another layout. */
function ofRank(tensor: tf.Tensor, rank: number): tf.Tensor {
  const missing = Math.max(0, rank - tensor.shape.length);
  return tf.reshape(tensor, [...Array<number>(missing).fill(1), ...tensor.shape]);
}

/** An axis of both operands, counted from the end; undefined where one has fewer. */
function operandAxes(c: Coupler, axis: number): (Axis | undefined)[] {
  const value = (i: number) => (c.rank(i) + axis < 0 ? undefined : c.input(axis, i));
  if (!c.has('constant')) return [value(0), value(1)];
  const constant = c.paramRank('constant') + axis < 0 ? undefined : c.param('constant', axis);
  return flagAttr(c.node, 'constantFirst', false) ? [constant, value(0)] : [value(0), constant];
}

/** Whether what is at one index of an axis depends on that index alone: no operand has other axes, or one for all indices. */
function uniform(c: Coupler, axis: number): boolean {
  const rank = c.outputRank(0);
  const sizes = (operand: number) =>
    Array.from({ length: rank }, (_, i) => operandAxes(c, i - rank)[operand]);
  return [0, 1].every((operand) => {
    const axes = sizes(operand);
    const at = axes.at(axis);
    const isParam = axes.some((each) => each?.kind === 'param') || axes.every((each) => each === undefined);
    if (isParam) return axes.every((each) => each === at || (each?.size ?? 1) === 1);
    return at !== undefined && at.size === c.output(axis).size;
  });
}
