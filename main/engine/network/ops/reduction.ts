import type * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import type { Node } from '../graph.ts';
import { axisOf, flagAttr, integersAttr, nodeError, onlyInput } from '../node-reading.ts';
import type { EmitContext, OpSpec, OpTraits } from '../op.ts';

/** What a function that takes axes away has to say of itself; `onnx` is its ONNX name. */
interface Reduction extends OpTraits {
  readonly onnx: string;
  readonly apply: (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor;
  /** Why an index cannot go from an axis that is taken away; a sum can do without zeros. */
  readonly needsAll?: string;
  /** ONNX (opset 17) takes the axes of ReduceSum as an input, those of all others as an attribute. */
  readonly axesAsInput?: boolean;
}

/** The record of an op over some axes. Attributes: `axes` (never the batch) and `keepdims` (true). */
export function reduction({ onnx, apply, needsAll, axesAsInput = false, ...about }: Reduction): OpSpec {
  return {
    ...about,

    infer(node, inputs) {
      const shape = onlyInput(node, inputs);
      const axes = axesOf(node, shape.length);
      return [
        flagAttr(node, 'keepdims', true)
          ? shape.map((dim, i) => (axes.includes(i) ? 1 : dim))
          : shape.filter((_, i) => !axes.includes(i)),
      ];
    },

    couple(c) {
      const axes = axesOf(c.node, c.rank(0));
      const keep = flagAttr(c.node, 'keepdims', true);
      for (let axis = 1; axis < c.rank(0); axis++) {
        const to = keep ? axis : axis - axes.filter((gone) => gone < axis).length;
        if (!axes.includes(axis)) {
          c.same(c.input(axis), c.output(to));
          c.passes(c.output(to), c.input(axis));
        } else {
          if (needsAll === undefined) c.sums(c.input(axis), [c.input(axis)]);
          else c.hold(c.input(axis), needsAll);
          if (keep) c.position(c.output(to));
        }
      }
    },

    forward(_, node, inputs) {
      const input = onlyInput(node, inputs);
      const axes = axesOf(node, input.shape.length);
      const keep = flagAttr(node, 'keepdims', true);
      if (input.isChannelsLast) {
        const place = [0, 3, 1, 2];
        const last = axes.map((axis) => place[axis] ?? 0).sort((a, b) => a - b);
        if (keep) return [Activation.channelsLast(apply(input.spatial(), last, true) as tf.Tensor4D)];
        if (axes.join() === '2,3') return [Activation.of(apply(input.spatial(), last, false))];
      }
      return [Activation.of(apply(input.logical(), axes, keep))];
    },

    emit(ctx: EmitContext, node, inputs) {
      const input = onlyInput(node, inputs);
      const axes = axesOf(node, ctx.shape(input).length);
      const keepdims = Number(flagAttr(node, 'keepdims', true));
      if (axesAsInput) ctx.node(onnx, [input, ctx.int64(axes)], { keepdims }, node.outputs);
      else ctx.node(onnx, [input], { axes, keepdims }, node.outputs);
    },
  };
}

function axesOf(node: Node, rank: number): number[] {
  const axes = integersAttr(node, 'axes').map((axis) => axisOf(node, axis, rank));
  if (axes.length === 0 || axes.includes(0) || new Set(axes).size !== axes.length) {
    throw nodeError(node, `needs 'axes' that differ, without the batch, not [${axes.join(', ')}]`);
  }
  return axes.sort((a, b) => a - b);
}
