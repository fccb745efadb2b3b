import { type Constant, constantOf, elementsOf, integers } from '../constant.ts';
import type { ReadNode } from '../model.ts';
import { transposed } from '../transposed.ts';
import { intAttr, intsAttr, textAttr } from '../attributes.ts';
import { WireError } from '../wire.ts';
import {
  axisOf,
  broadcastPlaces,
  broadcastShape,
  type Folds,
  hasUnknown,
  like,
  MAX_MADE,
  reshaped,
} from './common.ts';

/** The elements at the given positions of one axis. */
function pick(source: Constant, axis: number, positions: readonly number[]): Constant | undefined {
  const size = source.shape[axis];
  if (size === undefined) return undefined;
  const outer = elementsOf(source.shape.slice(0, axis));
  const inner = elementsOf(source.shape.slice(axis + 1));
  if (outer * inner * positions.length > MAX_MADE) return undefined;
  const values = new Float64Array(outer * inner * positions.length);
  let to = 0;
  for (let o = 0; o < outer; o++) {
    for (const position of positions) {
      const at = axisOf(position, size);
      if (!(at >= 0 && at < size)) return undefined;
      for (let i = 0; i < inner; i++) values[to++] = source.data[(o * size + at) * inner + i] ?? NaN;
    }
  }
  return like(source, source.shape.with(axis, positions.length), values);
}

/** A list from an input (newer opsets) or the attribute (older ones). */
function listOf(input: Constant | undefined, node: ReadNode, name: string): readonly number[] | undefined {
  return input === undefined ? intsAttr(node, name) : [...input.data];
}

/** Positions that a slice takes: as NumPy, negative ones count from the end, and all are cut to the axis. */
function positionsOf(from: number, to: number, step: number, size: number): number[] {
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (value: number) => Math.min(Math.max(value < 0 ? value + size : value, low), high);
  const positions: number[] = [];
  const end = clamp(to);
  for (let i = clamp(from); step > 0 ? i < end : i > end; i += step) positions.push(i);
  return positions;
}

/** Operators that move numbers about or make them from shapes. */
export const shapeFolds: Folds = {
  Concat(inputs, node) {
    const [first] = inputs;
    if (first === undefined) return undefined;
    const rank = first.shape.length;
    const axis = axisOf(intAttr(node, 'axis', 0), rank);
    if (!(axis >= 0 && axis < rank)) return undefined;
    const given = inputs.filter((x) => x !== undefined);
    const fits = given.every(
      ({ kind, shape }) =>
        kind === first.kind &&
        shape.length === rank &&
        shape.every((dim, i) => i === axis || dim === first.shape[i]),
    );
    const total = given.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
    const shape = first.shape.with(axis, total);
    if (!fits || given.length !== inputs.length || elementsOf(shape) > MAX_MADE) return undefined;
    const outer = elementsOf(shape.slice(0, axis));
    const values: number[] = [];
    for (let o = 0; o < outer; o++) {
      for (const { data } of given) {
        const run = data.length / outer;
        for (let i = 0; i < run; i++) values.push(data[o * run + i] ?? NaN);
      }
    }
    return like(first, shape, values);
  },

  ConstantOfShape([shape], node) {
    const value = node.attrs.get('value');
    if (shape === undefined || hasUnknown(shape)) return undefined;
    const dims = [...shape.data];
    const count = elementsOf(dims);
    if (count > MAX_MADE) throw new WireError(`it makes a constant of ${count} numbers`);
    if (value === undefined) return { kind: 'float', shape: dims, data: new Float32Array(count) };
    if (typeof value !== 'object' || !('tensor' in value)) return undefined;
    const fill = constantOf(value.tensor);
    return like(fill, dims, Array<number>(count).fill(fill.data[0] ?? NaN));
  },

  Range([start, limit, delta]) {
    if (start === undefined || limit === undefined || delta === undefined) return undefined;
    if ([start, limit, delta].some(hasUnknown)) return undefined;
    const [from = 0, to = 0, step = 1] = [start, limit, delta].map((x) => x.data[0] ?? NaN);
    const count = Math.max(0, Math.ceil((to - from) / step));
    if (!(count <= MAX_MADE)) throw new WireError(`it makes a constant of ${count} numbers`);
    return like(
      start,
      [count],
      Array.from({ length: count }, (_, i) => from + i * step),
    );
  },

  Size: ([x]) => x && integers([x.data.length], []),

  Gather([x, indices], node) {
    if (x === undefined || indices === undefined || hasUnknown(indices)) return undefined;
    const axis = axisOf(intAttr(node, 'axis', 0), x.shape.length);
    const picked = pick(x, axis, [...indices.data]);
    return picked && { ...picked, shape: picked.shape.toSpliced(axis, 1, ...indices.shape) };
  },

  Reshape([x, shape], node) {
    const wanted = listOf(shape, node, 'shape');
    if (x === undefined || wanted === undefined) return undefined;
    const dims = wanted.map((dim, i) => (dim === 0 ? (x.shape[i] ?? 0) : dim));
    const open = dims.indexOf(-1);
    if (open >= 0) dims[open] = x.data.length / elementsOf(dims.filter((_, i) => i !== open));
    return dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0) ? reshaped(x, dims) : undefined;
  },

  Flatten([x], node) {
    if (x === undefined) return undefined;
    const axis = axisOf(intAttr(node, 'axis', 1), x.shape.length);
    return reshaped(x, [elementsOf(x.shape.slice(0, axis)), elementsOf(x.shape.slice(axis))]);
  },

  Slice(inputs, node) {
    const [x, starts, ends, axes, steps] = inputs;
    const from = listOf(starts, node, 'starts');
    const to = listOf(ends, node, 'ends');
    if (x === undefined || from === undefined || to === undefined || from.length !== to.length)
      return undefined;
    const along = listOf(axes, node, 'axes') ?? [...from.keys()];
    const by = listOf(steps, node, 'steps') ?? from.map(() => 1);
    let cut: Constant | undefined = x;
    along.forEach((given, i) => {
      const axis = axisOf(given, x.shape.length);
      const size = x.shape[axis];
      const step = by[i] ?? 1;
      const range = [from[i] ?? NaN, to[i] ?? NaN];
      if (cut === undefined || size === undefined || !(Math.abs(step) >= 1) || range.some(Number.isNaN)) {
        cut = undefined;
      } else cut = pick(cut, axis, positionsOf(range[0] ?? 0, range[1] ?? 0, step, size));
    });
    return cut;
  },

  Split([x, sizes], node) {
    if (x === undefined) return undefined;
    const axis = axisOf(intAttr(node, 'axis', 0), x.shape.length);
    const size = x.shape[axis] ?? 0;
    const each = Math.ceil(size / node.outputs.length);
    const given = listOf(sizes, node, 'split') ?? node.outputs.map(() => each);
    let start = 0;
    const parts = given.map((length) => {
      const from = start;
      start += length;
      const to = Math.min(start, size);
      return to > from ? pick(x, axis, positionsOf(from, to, 1, size)) : undefined;
    });
    return parts.every((part) => part !== undefined) && start >= size ? parts : undefined;
  },

  Squeeze([x, given], node) {
    if (x === undefined) return undefined;
    const axes = listOf(given, node, 'axes')?.map((axis) => axisOf(axis, x.shape.length));
    return reshaped(
      x,
      x.shape.filter((dim, i) => (axes === undefined ? dim !== 1 : !axes.includes(i))),
    );
  },

  Unsqueeze([x, given], node) {
    const axes = listOf(given, node, 'axes');
    if (x === undefined || axes === undefined || axes.length > 16) return undefined;
    const rank = x.shape.length + axes.length;
    const shape = [...x.shape];
    for (const axis of axes.map((value) => axisOf(value, rank)).sort((a, b) => a - b))
      shape.splice(axis, 0, 1);
    return reshaped(x, shape);
  },

  Transpose([x], node) {
    if (x === undefined) return undefined;
    const rank = x.shape.length;
    const perm = intsAttr(node, 'perm') ?? x.shape.map((_, i) => rank - 1 - i);
    if (perm.length !== rank || !x.shape.every((_, i) => perm.includes(i))) return undefined;
    return transposed(x, perm);
  },

  Expand([x, shape]) {
    if (x === undefined || shape === undefined || hasUnknown(shape)) return undefined;
    const dims = broadcastShape(x.shape, [...shape.data]);
    if (dims === undefined || elementsOf(dims) > MAX_MADE) return undefined;
    return like(
      x,
      dims,
      Array.from(broadcastPlaces(x.shape, dims), (from) => x.data[from] ?? NaN),
    );
  },

  Tile([x, repeats]) {
    if (x === undefined || repeats?.data.length !== x.shape.length || hasUnknown(repeats)) return undefined;
    if (x.data.length * elementsOf([...repeats.data]) > MAX_MADE) return undefined;
    return [...repeats.data].reduce<Constant | undefined>((made, times, axis) => {
      const size = x.shape[axis] ?? 0;
      const positions = Array.from({ length: size * times }, (_, i) => i % size);
      return made && pick(made, axis, positions);
    }, x);
  },

  /** Only with a constant border. */
  Pad([x, given, value], node) {
    const pads = listOf(given, node, 'pads');
    const rank = x?.shape.length ?? 0;
    if (x === undefined || textAttr(node, 'mode', 'constant') !== 'constant') return undefined;
    if (pads?.length !== 2 * rank || pads.some((count) => !(count >= 0))) return undefined;
    const shape = x.shape.map((dim, i) => dim + (pads[i] ?? 0) + (pads[i + rank] ?? 0));
    if (elementsOf(shape) > MAX_MADE) return undefined;
    const values = Array<number>(elementsOf(shape)).fill(value?.data[0] ?? 0);
    x.data.forEach((number, i) => {
      let [rest, to, stride] = [i, 0, 1];
      for (let axis = rank - 1; axis >= 0; axis--) {
        const dim = x.shape[axis] ?? 1;
        to += ((rest % dim) + (pads[axis] ?? 0)) * stride;
        stride *= shape[axis] ?? 1;
        rest = Math.floor(rest / dim);
      }
      values[to] = number;
    });
    return like(x, shape, values);
  },
};
