import * as tf from '@tensorflow/tfjs-core';
import { defineGradients } from './rule.ts';

/** Gradients of kernels that move numbers. */

defineGradients({
  Reshape: {
    inputs: ['x'],
    of: (dy, [x]) => ({ x: () => tf.reshape(dy, x?.shape ?? []) }),
  },
  ExpandDims: {
    inputs: ['input'],
    of: (dy, [input]) => ({ input: () => tf.reshape(dy, input?.shape ?? []) }),
  },
  Transpose: {
    of: (dy, _, attrs) => ({
      x: () => tf.transpose(dy, tf.backend_util.getUndoAxesPermutation(attrs['perm'] as number[])),
    }),
  },
  Tile: {
    inputs: ['x'],
    of: (dy, [x], attrs) => ({
      x: () => {
        const reps = attrs['reps'] as number[];
        const shape = x?.shape ?? [];
        // Every repeated axis becomes two, (times, size), and the first is summed.
        const split = tf.reshape(
          dy,
          shape.flatMap((dim, axis) => [reps[axis] ?? 1, dim]),
        );
        return tf.reshape(
          tf.sum(
            split,
            shape.map((_, axis) => 2 * axis),
          ),
          shape,
        );
      },
    }),
  },
  Concat: {
    allInputs: true,
    of: (dy, saved, attrs) => {
      const shapes = saved.map((tensor) => tensor.shape);
      const axis = tf.util.parseAxisParam(attrs['axis'] as number, saved[0]?.shape ?? [])[0] ?? 0;
      const parts = tf.split(
        dy,
        shapes.map((shape) => shape[axis] ?? 1),
        axis,
      );
      return Object.fromEntries(parts.map((part, i) => [i, () => part]));
    },
  },
  SplitV: {
    of: (dy, _, attrs) => ({
      x: () => tf.concat(dy as unknown as tf.Tensor[], attrs['axis'] as number),
    }),
  },
  Slice: {
    inputs: ['x'],
    of: (dy, saved, attrs) => {
      const [x] = saved as [tf.Tensor];
      const [begin] = tf.slice_util.parseSliceParams(
        x,
        attrs['begin'] as number[],
        attrs['size'] as number[],
      );
      const paddings = (begin as number[]).map((before, axis): [number, number] => [
        before,
        (x.shape[axis] ?? 0) - before - (dy.shape[axis] ?? 0),
      ]);
      return { x: () => tf.pad(dy, paddings) };
    },
  },
  PadV2: {
    inputs: ['x'],
    of: (dy, saved, attrs) => {
      const [x] = saved as [tf.Tensor];
      const begin = (attrs['paddings'] as [number, number][]).map(([before]) => before);
      return { x: () => tf.slice(dy, begin, x.shape) };
    },
  },
  Pack: {
    allInputs: true,
    of: (dy, saved, attrs) => {
      const parts = tf.unstack(dy, attrs['axis'] as number);
      return Object.fromEntries(saved.map((_, i) => [i, () => parts[i] as tf.Tensor]));
    },
  },
  Unpack: {
    of: (dy, _, attrs) => ({
      value: () => tf.stack(dy as unknown as tf.Tensor[], attrs['axis'] as number),
    }),
  },
  Reverse: {
    of: (dy, _, attrs) => ({ x: () => tf.reverse(dy, attrs['dims'] as number[]) }),
  },
  OneHot: {
    inputs: ['indices'],
    of: (_, saved) => ({ indices: () => tf.zeros((saved[0] as tf.Tensor).shape) }),
  },
});
