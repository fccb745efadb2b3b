import { type Graph, sameShape, type Value } from './graph.ts';

/**
 * Layout: tfjs keeps images as NHWC and filters as HWIO, ONNX as NCHW and OIHW, and Espalier's networks transpose between
 * them around each spatial op. So that none of this costs anything, a tensor is a *view* of a recorded value: permuted and
 * broadcast. Transposing composes permutations, broadcasting changes a shape; nodes appear only where an operation insists
 * on an order that the value does not have. Element-wise operations and reductions work in whatever order is there.
 */
export interface View {
  readonly value: Value;
  /** Logical axis i is axis perm[i] of `value`. */
  readonly perm: readonly number[];
  /** Logical shape; where it differs from the value's own, that axis of the value is 1 and the view repeats it. */
  readonly shape: readonly number[];
}

/** The order of an NHWC tensor whose value is NCHW. */
export const NHWC_OVER_NCHW = [0, 2, 3, 1] as const;
/** The order of an HWIO filter whose value is OIHW. */
export const HWIO_OVER_OIHW = [2, 3, 1, 0] as const;

/** A value seen as it is. */
export function plain(value: Value): View {
  return { value, perm: value.shape.map((_, axis) => axis), shape: value.shape };
}

/** A value seen through a permutation: logical axis i is the value's axis perm[i]. */
export function permuted(value: Value, perm: readonly number[]): View {
  return { value, perm, shape: perm.map((axis) => dim(value.shape, axis)) };
}

/** tf.transpose: axis i of the result is axis `order[i]` of the view. Free. */
export function transpose(view: View, order: readonly number[]): View {
  return {
    value: view.value,
    perm: order.map((axis) => dim(view.perm, axis)),
    shape: order.map((axis) => dim(view.shape, axis)),
  };
}

/** The view repeated to `shape` by numpy's rules. Free but for new leading axes. */
export function broadcast(g: Graph, view: View, shape: readonly number[]): View {
  const padded = padRank(g, view, shape.length);
  return { ...padded, shape };
}

/** The view with leading axes of 1 up to `rank`. */
function padRank(g: Graph, view: View, rank: number): View {
  const extra = rank - view.shape.length;
  if (extra === 0) return view;
  const ones = Array<number>(extra).fill(1);
  return {
    value: reshapeValue(g, view.value, [...ones, ...view.value.shape]),
    perm: [...ones.map((_, axis) => axis), ...view.perm.map((axis) => axis + extra)],
    shape: [...ones, ...view.shape],
  };
}

/** The value in logical, row-major order with nothing left to repeat: what a host or an order-bound operation reads. */
export function dense(g: Graph, view: View): Value {
  return arranged(
    g,
    view,
    view.shape.map((_, axis) => axis),
  );
}

/** Like `dense`, but with logical axis i at axis perm[i] of the result. */
export function arranged(g: Graph, view: View, perm: readonly number[]): Value {
  return expand(g, inOrder(g, view, perm), arrangedShape(view.shape, perm));
}

/** The value's axes put in order, repeated axes still 1: enough for operations that broadcast by themselves. */
function inOrder(g: Graph, view: View, perm: readonly number[]): Value {
  const order: number[] = [];
  perm.forEach((axis, logical) => (order[axis] = dim(view.perm, logical)));
  return transposeValue(g, view.value, order);
}

function arrangedShape(shape: readonly number[], perm: readonly number[]): number[] {
  const result: number[] = [];
  perm.forEach((axis, logical) => (result[axis] = dim(shape, logical)));
  return result;
}

/** Repeats axes of 1 for real. */
export function expand(g: Graph, value: Value, shape: readonly number[]): Value {
  if (sameShape(value.shape, shape)) return value;
  return g.op('Expand', [value, g.integers(shape)], { shape, type: value.type });
}

/** The same view whose value repeats nothing; its order stays. */
export function unrepeated(g: Graph, view: View): View {
  const shape = arrangedShape(view.shape, view.perm);
  return { ...view, value: expand(g, view.value, shape) };
}

/** An ONNX Transpose, or a Reshape where only axes of 1 move, or nothing. */
export function transposeValue(g: Graph, value: Value, order: readonly number[]): Value {
  const shape = order.map((axis) => dim(value.shape, axis));
  const moving = order.filter((axis) => value.shape[axis] !== 1);
  if (moving.every((axis, i) => i === 0 || dim(moving, i - 1) < axis)) return reshapeValue(g, value, shape);
  return g.op('Transpose', [value], { shape, type: value.type }, { attrs: { perm: [...order] } });
}

export function reshapeValue(g: Graph, value: Value, shape: readonly number[]): Value {
  if (sameShape(value.shape, shape)) return value;
  // A chain of reshapes is its last one.
  const source = value.node?.op === 'Reshape' ? (value.node.inputs[0] ?? value) : value;
  if (sameShape(source.shape, shape)) return source;
  return g.op('Reshape', [source, g.integers(shape)], { shape, type: value.type });
}

/** tf.reshape; free in any order where only axes of 1 come and go. */
export function reshape(g: Graph, view: View, shape: readonly number[]): View {
  if (sameShape(view.shape, shape)) return view;
  const long = (dims: readonly number[]) => dims.filter((d) => d !== 1);
  if (sameShape(long(view.shape), long(shape))) return resqueeze(g, view, shape);
  return plain(reshapeValue(g, dense(g, view), shape));
}

/** Reshapes a view to `shape`, which differs only in axes of 1: first the long axes alone, then new ones in front. */
function resqueeze(g: Graph, view: View, shape: readonly number[]): View {
  const long = view.shape.flatMap((d, axis) => (d === 1 ? [] : [axis]));
  const kept = long.map((axis) => dim(view.perm, axis));
  const inOrderOfValue = [...kept].sort((a, b) => a - b);
  const ones = shape.length - long.length;
  const value = reshapeValue(g, view.value, [
    ...Array<number>(ones).fill(1),
    ...inOrderOfValue.map((axis) => dim(view.value.shape, axis)),
  ]);
  let nextOne = 0;
  let nextLong = 0;
  const perm = shape.map((d) => (d === 1 ? nextOne++ : ones + inOrderOfValue.indexOf(dim(kept, nextLong++))));
  return { value, perm, shape };
}

/**
 * Values of the views' operands in one common order, ready for an ONNX operation that broadcasts, and that order.
 * The order is that of the largest operand of full rank, so that big activations stay where they are.
 */
function aligned(
  g: Graph,
  views: readonly View[],
  shape: readonly number[],
): { values: Value[]; perm: readonly number[] } {
  const rank = shape.length;
  let perm: readonly number[] = shape.map((_, axis) => axis);
  let largest = 1;
  for (const view of views) {
    if (view.shape.length === rank && view.value.size > largest) {
      largest = view.value.size;
      perm = view.perm;
    }
  }
  const values = views.map((view) =>
    view.value.shape.length === 0 ? view.value : inOrder(g, padRank(g, view, rank), perm),
  );
  return { values, perm };
}

/** An element-wise ONNX operation on views, in the order of the largest; axes that all operands repeat stay repeated. */
export function elementwise(
  g: Graph,
  op: string,
  views: readonly View[],
  type: Value['type'],
  attrs: Parameters<Graph['op']>[3] = {},
): View {
  const shape = broadcastShape(views.map((view) => view.shape));
  const { values, perm } = aligned(g, views, shape);
  const valueShape = broadcastShape(values.map((value) => value.shape));
  const size = valueShape.reduce((product, dim) => product * dim, 1);
  const kept = valueShape.findLastIndex((dim) => dim !== 1) + 1;
  if (kept === valueShape.length || values.every((value) => value.size === size)) {
    return { value: g.op(op, values, { shape: valueShape, type }, attrs), perm, shape };
  }
  // onnxruntime broadcasts element by element where the last axis is 1: without such axes it is fifty times as fast.
  const cut = values.map((value) =>
    value.shape.length === 0 ? value : reshapeValue(g, value, value.shape.slice(0, kept)),
  );
  const result = g.op(op, cut, { shape: valueShape.slice(0, kept), type }, attrs);
  return { value: reshapeValue(g, result, valueShape), perm, shape };
}

/** The shape that numpy's rules give. @throws where an axis has two sizes, neither of them 1 */
export function broadcastShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    let result = 1;
    for (const shape of shapes) {
      const size = shape[axis - rank + shape.length] ?? 1;
      if (size === 1) continue;
      if (result !== 1 && result !== size) {
        throw new Error(
          `Shapes [${shapes.map((each) => each.join()).join('] and [')}] cannot be broadcast together.`,
        );
      }
      result = size;
    }
    return result;
  });
}

function dim(shape: readonly number[], axis: number): number {
  const size = shape[axis];
  if (size === undefined) throw new RangeError(`no axis ${axis} in [${shape.join()}]`);
  return size;
}
