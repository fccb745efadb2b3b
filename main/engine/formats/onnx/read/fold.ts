import type { Constant } from './constant.ts';
import { BATCH, constantOf, elementsOf, integers } from './constant.ts';
import type { ReadNode } from './model.ts';
import { transposed } from './transposed.ts';
import { intAttr, intsAttr } from './attributes.ts';
import { WireError } from './wire.ts';

/** Bound on the elements of a constant that an operator blows up, such as ConstantOfShape. */
const MAX_MADE = 2 ** 22;

/** Computes one operator on constants; undefined when it cannot for these inputs. */
type Fold = (inputs: readonly Constant[], node: ReadNode) => Constant | undefined;

/** A constant of the same kind with other numbers. */
function like(source: Constant, shape: readonly number[], values: ArrayLike<number>): Constant {
  return source.kind === 'float'
    ? { kind: 'float', shape, data: Float32Array.from(values) }
    : { kind: 'integer', shape, data: Float64Array.from(values) };
}

function reshaped(source: Constant, shape: readonly number[]): Constant | undefined {
  return elementsOf(shape) === source.data.length ? { ...source, shape } : undefined;
}

const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** The elements at the given positions of one axis. */
function pick(source: Constant, axis: number, positions: readonly number[]): Constant | undefined {
  const size = source.shape[axis];
  if (size === undefined) return undefined;
  const outer = elementsOf(source.shape.slice(0, axis));
  const inner = elementsOf(source.shape.slice(axis + 1));
  if (outer * inner * positions.length > MAX_MADE) return undefined;
  const values: number[] = [];
  for (let o = 0; o < outer; o++) {
    for (const position of positions) {
      const at = axisOf(position, size);
      if (!(at >= 0 && at < size)) return undefined;
      for (let i = 0; i < inner; i++) values.push(source.data[(o * size + at) * inner + i] ?? NaN);
    }
  }
  return like(source, source.shape.with(axis, positions.length), values);
}

/** An operator on two constants, element by element; a single number goes with everything. */
function arithmetic(of: (a: number, b: number, integer: boolean) => number): Fold {
  return ([a, b]) => {
    if (a === undefined || b === undefined || a.kind !== b.kind) return undefined;
    const longer = b.data.length > a.data.length || b.shape.length > a.shape.length ? b : a;
    const single = (c: Constant) => c.data.length === 1;
    if (a.shape.join() !== b.shape.join() && !single(a) && !single(b)) return undefined;
    const at = (c: Constant, i: number) => c.data[single(c) ? 0 : i] ?? NaN;
    const values = Array.from(longer.data, (_, i) => of(at(a, i), at(b, i), a.kind === 'integer'));
    return like(a, longer.shape, values);
  };
}

/** A function of one number; not of the batch's size, which is unknown. */
function each(of: (a: number) => number): Fold {
  return ([x]) => (x === undefined || x.data.includes(BATCH) ? undefined : like(x, x.shape, x.data.map(of)));
}

/** Axes from the second input (newer opsets) or the attribute (older ones). */
function axesOf(inputs: readonly Constant[], node: ReadNode): readonly number[] | undefined {
  const [, axes] = inputs;
  return axes === undefined ? intsAttr(node, 'axes') : [...axes.data];
}

const folds: Readonly<Record<string, Fold>> = {
  Identity: ([x]) => x,

  Cast([x], node) {
    if (x === undefined) return undefined;
    const to = intAttr(node, 'to', 0);
    if (to === 1 || to === 10 || to === 11) {
      // The batch's size must not turn into a float and pass for a number.
      return x.data.includes(BATCH)
        ? undefined
        : { kind: 'float', shape: x.shape, data: Float32Array.from(x.data) };
    }
    return to === 6 || to === 7 ? integers([...x.data].map(Math.trunc), x.shape) : undefined;
  },

  Concat(inputs, node) {
    const [first] = inputs;
    if (first === undefined || inputs.some((x) => x.shape.length !== 1 || x.kind !== first.kind))
      return undefined;
    if (inputs.reduce((sum, x) => sum + x.data.length, 0) > MAX_MADE) return undefined;
    const values = inputs.flatMap((x) => [...x.data]);
    return axisOf(intAttr(node, 'axis', 0), 1) === 0 ? like(first, [values.length], values) : undefined;
  },

  ConstantOfShape([shape], node) {
    const value = node.attrs.get('value');
    if (shape === undefined || shape.data.includes(BATCH)) return undefined;
    const dims = [...shape.data];
    const count = elementsOf(dims);
    if (count > MAX_MADE) throw new WireError(`it makes a constant of ${count} numbers`);
    if (value === undefined) return { kind: 'float', shape: dims, data: new Float32Array(count) };
    if (typeof value !== 'object' || !('tensor' in value)) return undefined;
    const fill = constantOf(value.tensor);
    return like(fill, dims, Array<number>(count).fill(fill.data[0] ?? NaN));
  },

  Gather([x, indices], node) {
    if (x === undefined || indices === undefined) return undefined;
    const axis = axisOf(intAttr(node, 'axis', 0), x.shape.length);
    const picked = pick(x, axis, [...indices.data]);
    return picked && { ...picked, shape: picked.shape.toSpliced(axis, 1, ...indices.shape) };
  },

  Reshape([x, shape], node) {
    const wanted = shape === undefined ? intsAttr(node, 'shape') : [...shape.data];
    if (x === undefined || wanted === undefined) return undefined;
    const dims = wanted.map((dim, i) => (dim === 0 ? (x.shape[i] ?? 0) : dim));
    const open = dims.indexOf(-1);
    if (open >= 0) dims[open] = x.data.length / elementsOf(dims.filter((_, i) => i !== open));
    return dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0) ? reshaped(x, dims) : undefined;
  },

  Slice(inputs, node) {
    const [x, starts, ends, axes, steps] = inputs;
    if (x === undefined) return undefined;
    const list = (input: Constant | undefined, name: string) =>
      input === undefined ? intsAttr(node, name) : [...input.data];
    const from = list(starts, 'starts');
    const to = list(ends, 'ends');
    if (from?.length !== 1 || to?.length !== 1) return undefined;
    const axis = axisOf((list(axes, 'axes') ?? [0])[0] ?? 0, x.shape.length);
    const step = (list(steps, 'steps') ?? [1])[0] ?? 1;
    const size = x.shape[axis];
    if (size === undefined || step === 0) return undefined;
    const positions: number[] = [];
    // As NumPy: positions count from the end when negative, and are cut to the axis (one before it when going backwards).
    const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
    const clamp = (value: number) => Math.min(Math.max(value < 0 ? value + size : value, low), high);
    const end = clamp(to[0] ?? 0);
    for (let i = clamp(from[0] ?? 0); step > 0 ? i < end : i > end; i += step) positions.push(i);
    return pick(x, axis, positions);
  },

  Squeeze(inputs, node) {
    const [x] = inputs;
    if (x === undefined) return undefined;
    const axes = axesOf(inputs, node)?.map((axis) => axisOf(axis, x.shape.length));
    return reshaped(
      x,
      x.shape.filter((dim, i) => (axes === undefined ? dim !== 1 : !axes.includes(i))),
    );
  },

  Unsqueeze(inputs, node) {
    const [x] = inputs;
    const axes = axesOf(inputs, node);
    if (x === undefined || axes === undefined) return undefined;
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
    if (x === undefined || shape === undefined || shape.data.includes(BATCH)) return undefined;
    const dims = [...shape.data];
    const count = elementsOf(dims);
    if (count > MAX_MADE || dims.length < x.shape.length) return undefined;
    const own = [...Array<number>(dims.length - x.shape.length).fill(1), ...x.shape];
    const shapeOut = dims.map((dim, i) => (own[i] === 1 ? dim : (own[i] ?? 1)));
    if (elementsOf(shapeOut) > MAX_MADE) return undefined;
    if (own.some((dim, i) => dim !== 1 && dims[i] !== 1 && dims[i] !== dim)) return undefined;
    const values = Array.from({ length: elementsOf(shapeOut) }, (_, at) => {
      let [rest, from, stride] = [at, 0, 1];
      for (let axis = shapeOut.length - 1; axis >= 0; axis--) {
        const dim = shapeOut[axis] ?? 1;
        if (own[axis] !== 1) from += (rest % dim) * stride;
        stride *= own[axis] ?? 1;
        rest = Math.floor(rest / dim);
      }
      return x.data[from] ?? NaN;
    });
    return like(x, shapeOut, values);
  },

  Sqrt: each(Math.sqrt),
  Exp: each(Math.exp),
  Neg: each((a) => -a),
  Abs: each(Math.abs),
  Floor: each(Math.floor),
  Ceil: each(Math.ceil),
  Reciprocal: each((a) => 1 / a),
  Pow: arithmetic((a, b) => a ** b),
  Max: arithmetic((a, b) => Math.max(a, b)),
  Min: arithmetic((a, b) => Math.min(a, b)),

  Add: arithmetic((a, b) => a + b),
  Sub: arithmetic((a, b) => a - b),
  Mul: arithmetic((a, b) => a * b),
  Div: arithmetic((a, b, integer) => (integer ? Math.trunc(a / b) : a / b)),
};

/** The result of a node whose inputs are all constants; undefined when that is not among what is computed here. */
export function foldNode(node: ReadNode, inputs: readonly Constant[]): Constant | undefined {
  return folds[node.opType]?.(inputs, node);
}
