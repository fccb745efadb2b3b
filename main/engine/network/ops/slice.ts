import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { passAxes } from '../coupling/passes.ts';
import type { Node } from '../graph.ts';
import { sizeOf } from '../graph.ts';
import { axisOf, integersAttr, nodeError, onlyInput } from '../node-reading.ts';
import type { OpSpec } from '../op.ts';

/** The elements start, start + step, ... of one axis, `count` of them. */
interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** Attributes as ONNX's inputs: `starts`, `ends`, `axes`, `steps` (positive); negative positions count from the end. */
export const slice: OpSpec = {
  summary: 'a regular part of a value',
  neverNegative: (_, inputs) => inputs,

  infer(node, inputs) {
    const shape = [...onlyInput(node, inputs)];
    for (const { axis, count } of cutsOf(node, shape)) shape[axis] = count;
    return [shape];
  },

  couple(c) {
    const shape = Array.from({ length: c.rank(0) }, (_, axis) => c.input(axis).size);
    const cuts = cutsOf(c.node, shape);
    passAxes(
      c,
      'zeros and constants',
      cuts.map(({ axis }) => axis),
    );
    for (const { axis, start, step, count } of cuts) {
      const [from, to] = [c.input(axis), c.output(axis)];
      for (let i = 0; i < count; i++) c.tie(from, start + i * step, to, i);
      c.passes(to, from);
      // A regular part of what is left need not be what was left of the part.
      if (step > 1) c.hold(from, `takes one in every ${step} of them`);
    }
  },

  resized(node, left) {
    const cuts = cutsOf(node, left.shape(0)).map(({ axis, start, step, count }) => {
      // Of an axis that is cut in steps nothing leaves.
      if (step > 1) return { axis, start, end: start + (count - 1) * step + 1 };
      const before = left.input(axis).filter((index) => index < start).length;
      return { axis, start: before, end: before + left.output(axis).length };
    });
    return {
      axes: cuts.map(({ axis }) => axis),
      starts: cuts.map(({ start }) => start),
      ends: cuts.map(({ end }) => end),
    };
  },

  forward(_, node, inputs) {
    const input = onlyInput(node, inputs);
    const cuts = cutsOf(node, input.shape);
    if (input.isChannelsLast) {
      const place = [0, 3, 1, 2];
      const cut = cuts.reduce<tf.Tensor>(
        (x, part) => take(x, { ...part, axis: place[part.axis] ?? 0 }),
        input.spatial(),
      );
      return [Activation.channelsLast(cut as tf.Tensor4D)];
    }
    return [Activation.of(cuts.reduce(take, input.logical()))];
  },

  emit(ctx, node, inputs) {
    const input = onlyInput(node, inputs);
    const cuts = cutsOf(node, ctx.shape(input));
    const list = (of: (cut: Cut) => number) => ctx.int64(cuts.map(of));
    ctx.node(
      'Slice',
      [
        input,
        list((cut) => cut.start),
        list((cut) => cut.start + (cut.count - 1) * cut.step + 1),
        list((cut) => cut.axis),
        list((cut) => cut.step),
      ],
      {},
      node.outputs,
    );
  },
};

/** What a node cuts of a value of this shape. */
export function cutsOf(node: Node, shape: readonly number[]): Cut[] {
  const starts = integersAttr(node, 'starts');
  const ends = integersAttr(node, 'ends');
  const axes = integersAttr(node, 'axes', [...starts.keys()]);
  const steps = integersAttr(
    node,
    'steps',
    starts.map(() => 1),
  );
  if ([ends, axes, steps].some((list) => list.length !== starts.length)) {
    throw nodeError(node, "needs 'starts', 'ends', 'axes' and 'steps' of the same length");
  }
  return starts.map((first, i) => {
    const axis = axisOf(node, axes[i] ?? 0, shape.length);
    const size = shape[axis] ?? 0;
    const step = steps[i] ?? 1;
    if (axis === 0) throw nodeError(node, 'cuts the batch, which is not supported');
    if (step < 1) throw nodeError(node, 'goes backwards, which is not supported');
    const start = position(first, size);
    const count = Math.ceil((position(ends[i] ?? 0, size) - start) / step);
    if (count < 1) throw nodeError(node, `takes nothing of axis ${axis}, which has ${size} entries`);
    return { axis, start, step, count };
  });
}

/** A position on an axis as ONNX means it: from the end when negative, never outside. */
function position(value: number, size: number): number {
  return Math.min(Math.max(value < 0 ? value + size : value, 0), size);
}

/**
 * One cut. Steps go by a detour, since tfjs has no gradient for strided slices: as [outer, count, step * inner], the wanted
 * elements are the first `inner` columns.
 */
function take(x: tf.Tensor, { axis, start, step, count }: Cut): tf.Tensor {
  const outer = sizeOf(x.shape.slice(0, axis));
  const inner = sizeOf(x.shape.slice(axis + 1));
  const size = x.shape[axis] ?? 0;
  const reach = count * step;
  const available = Math.min(reach, size - start);
  let part: tf.Tensor = tf.reshape(x, [outer, size, inner]);
  if (available < size) part = tf.slice(part, [0, start, 0], [outer, available, inner]);
  if (step > 1) {
    if (available < reach) {
      part = tf.pad(part, [
        [0, 0],
        [0, reach - available],
        [0, 0],
      ]);
    }
    part = tf.slice(tf.reshape(part, [outer, count, step * inner]), [0, 0, 0], [outer, count, inner]);
  }
  return tf.reshape(
    part,
    x.shape.map((dim, i) => (i === axis ? count : dim)),
  );
}
