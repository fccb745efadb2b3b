import * as tf from '@tensorflow/tfjs-core';
import { type Graph, Value, arrayOf } from '../graph.ts';
import { broadcast, dense, plain, reshape, transpose, type View } from '../layout.ts';
import { defineKernels, type KernelCall } from '../record.ts';

/** Kernels that move numbers without changing them. */

function concat(g: Graph, list: readonly View[], axis: number): View | undefined {
  const [head] = list;
  if (head === undefined || list.some((view) => view.value.type !== head.value.type)) return undefined;
  if (list.length === 1) return head;
  tf.backend_util.assertParamsConsistent(
    list.map((view) => [...view.shape]),
    axis,
  );
  const shape = [...head.shape];
  shape[axis] = list.reduce((sum, view) => sum + (view.shape[axis] ?? 0), 0);
  return plain(
    g.op('Concat', list.map((view) => dense(g, view)), { shape, type: head.value.type }, { attrs: { axis } }), // prettier-ignore
  );
}

function slice(g: Graph, x: View, begin: readonly number[], size: readonly number[]): View {
  // A slice works in the value's own order; repeated axes stay repeated.
  const starts: number[] = [];
  const ends: number[] = [];
  const axes: number[] = [];
  const shape = [...x.value.shape];
  x.perm.forEach((axis, logical) => {
    const [from = 0, count = 0] = [begin[logical], size[logical]];
    if (x.value.shape[axis] !== x.shape[logical] || count === x.shape[logical]) return;
    starts.push(from);
    ends.push(from + count);
    axes.push(axis);
    shape[axis] = count;
  });
  if (axes.length === 0) return { ...x, shape: [...size] };
  const value = g.op('Slice', [x.value, g.integers(starts), g.integers(ends), g.integers(axes)], {
    shape,
    type: x.value.type,
  });
  return { value, perm: x.perm, shape: [...size] };
}

function pad({ g, inputs: { x }, attrs }: KernelCall): View | undefined {
  const { paddings, constantValue } = attrs as { paddings: [number, number][]; constantValue: number };
  if (x === undefined || x.value.type === 'bool' || x.value.type === 'int64') return undefined;
  const value = dense(g, x);
  const shape = value.shape.map((dim, axis) => dim + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0));
  const amounts = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
  return plain(
    g.op('Pad', [value, g.integers(amounts), g.scalar(constantValue, x.value.type)], {
      shape,
      type: x.value.type,
    }),
  );
}

function tile({ g, inputs: { x }, attrs }: KernelCall): View | undefined {
  const reps = attrs['reps'] as number[];
  if (x === undefined) return undefined;
  const shape = x.shape.map((dim, axis) => dim * (reps[axis] ?? 1));
  if (reps.every((count, axis) => count === 1 || x.shape[axis] === 1)) return broadcast(g, x, shape);
  return plain(g.op('Tile', [dense(g, x), g.integers(reps)], { shape, type: x.value.type }));
}

function fill({ g, attrs }: KernelCall): View | undefined {
  const { shape, value } = attrs as { shape: number[]; value: number | string };
  if (typeof value !== 'number') return undefined;
  const type = (attrs['dtype'] as string | undefined) ?? 'float32';
  if (type !== 'float32' && type !== 'int32' && type !== 'bool') return undefined;
  return { ...plain(g.single(value, type, shape.map(() => 1))), shape }; // prettier-ignore
}

function split({ g, inputs: { x }, attrs }: KernelCall): View[] | undefined {
  if (x === undefined) return undefined;
  const { numOrSizeSplits, axis } = attrs as { numOrSizeSplits: number | number[]; axis: number };
  const along = tf.util.parseAxisParam(axis, [...x.shape])[0] ?? 0;
  const sizes = tf.backend_util.prepareSplitSize(
    { shape: [...x.shape] } as tf.Tensor,
    numOrSizeSplits,
    along,
  );
  let start = 0;
  return sizes.map((count) => {
    const begin = x.shape.map((_, i) => (i === along ? start : 0));
    start += count;
    return slice(g, x, begin, x.shape.map((dim, i) => (i === along ? count : dim))); // prettier-ignore
  });
}

function reverse({ g, inputs: { x }, attrs }: KernelCall): View | undefined {
  if (x === undefined || x.value.type === 'bool') return undefined;
  const axes = tf.util.parseAxisParam(attrs['dims'] as number[], [...x.shape]);
  const own = axes.map((axis) => x.perm[axis] ?? axis);
  if (own.length === 0) return x;
  const value = g.op(
    'Slice',
    [
      x.value,
      g.integers(own.map(() => -1)),
      g.integers(own.map(() => -(2 ** 31))),
      g.integers(own),
      g.integers(own.map(() => -1)),
    ],
    x.value,
  );
  return { ...x, value };
}

function oneHot({ g, inputs: { indices }, attrs }: KernelCall): View | undefined {
  const { depth, onValue, offValue, dtype } = attrs as {
    depth: number;
    onValue: number;
    offValue: number;
    dtype: string;
  };
  if (indices?.value.type !== 'int32' || (dtype !== 'float32' && dtype !== 'int32')) return undefined;
  // ONNX's OneHot lets a negative index count from the end; tfjs gives a row of off values. Comparing does the latter.
  const positions = g.constant(`range${depth}`, () =>
    Value.constant(
      arrayOf(
        'int32',
        Array.from({ length: depth }, (_, i) => i),
      ),
      [depth],
      'int32',
    ),
  );
  const column = dense(g, reshape(g, indices, [...indices.shape, 1]));
  const shape = [...indices.shape, depth];
  const hit = g.op('Equal', [column, positions], { shape, type: 'bool' });
  return plain(
    g.op('Where', [hit, g.scalar(onValue, dtype), g.scalar(offValue, dtype)], { shape, type: dtype }),
  );
}

function gather({ g, inputs: { x, indices }, attrs }: KernelCall): View | undefined {
  if (x === undefined || indices?.value.type !== 'int32' || (attrs['batchDims'] as number) !== 0)
    return undefined;
  // Positions that are known may be out of range: tfjs's kernel says so, onnxruntime's run would stop.
  if (indices.value.data !== undefined) return undefined;
  const axis = tf.util.parseAxisParam(attrs['axis'] as number, [...x.shape])[0] ?? 0;
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return plain(
    g.op('Gather', [dense(g, x), dense(g, indices)], { shape, type: x.value.type }, { attrs: { axis } }),
  );
}

defineKernels({
  Reshape: ({ g, inputs: { x }, attrs }) => {
    if (x === undefined) return undefined;
    const size = tf.util.sizeFromShape([...x.shape]);
    const shape = tf.util.inferFromImplicitShape(attrs['shape'] as number[], size);
    return tf.util.sizeFromShape(shape) === size ? reshape(g, x, shape) : undefined;
  },
  ExpandDims: ({ g, inputs: { input }, attrs }) => {
    if (input === undefined) return undefined;
    const axis = attrs['dim'] as number;
    const shape = [...input.shape];
    tf.util.assert(
      -shape.length - 1 <= axis && axis <= shape.length,
      () => `There is no place ${axis} for an axis.`,
    );
    shape.splice(axis < 0 ? shape.length + 1 + axis : axis, 0, 1);
    return reshape(g, input, shape);
  },
  Transpose: ({ inputs: { x }, attrs }) => x && transpose(x, attrs['perm'] as number[]),
  Concat: ({ g, list, attrs }) => {
    const [head] = list;
    if (head === undefined) return undefined;
    return concat(g, list, tf.util.parseAxisParam(attrs['axis'] as number, [...head.shape])[0] ?? 0);
  },
  Pack: ({ g, list, attrs }) => {
    const axis = attrs['axis'] as number;
    const raised = list.map((view) => {
      const shape = [...view.shape];
      shape.splice(axis, 0, 1);
      return reshape(g, view, shape);
    });
    return concat(g, raised, axis);
  },
  Unpack: ({ g, inputs: { value: x }, attrs }) => {
    if (x === undefined) return undefined;
    const axis =
      (attrs['axis'] as number) < 0 ? (attrs['axis'] as number) + x.shape.length : (attrs['axis'] as number);
    const shape = x.shape.filter((_, i) => i !== axis);
    return Array.from({ length: x.shape[axis] ?? 0 }, (_, at) => {
      const begin = x.shape.map((_, i) => (i === axis ? at : 0));
      return reshape(g, slice(g, x, begin, x.shape.map((dim, i) => (i === axis ? 1 : dim))), shape); // prettier-ignore
    });
  },
  Slice: ({ g, inputs: { x }, attrs }) => {
    if (x === undefined) return undefined;
    const template = { shape: [...x.shape], rank: x.shape.length } as tf.Tensor;
    const [begin, size] = tf.slice_util.parseSliceParams(
      template,
      attrs['begin'] as number[],
      attrs['size'] as number[],
    );
    tf.slice_util.assertParamsValid(template, begin as number[], size as number[]);
    return slice(g, x, begin as number[], size as number[]);
  },
  SplitV: split,
  PadV2: pad,
  Tile: tile,
  Fill: fill,
  Reverse: reverse,
  OneHot: oneHot,
  GatherV2: gather,
});
