import { BATCH, type Constant, elementsOf } from '../constant.ts';
import type { ReadNode } from '../model.ts';

/** Bound on the elements of a constant that an operator blows up, such as ConstantOfShape. */
export const MAX_MADE = 2 ** 22;

/**
 * Computes one operator on constants, an input that is left out being undefined; undefined when it cannot for these inputs.
 * An operator with several outputs gives a list.
 */
export type Fold = (
  inputs: readonly (Constant | undefined)[],
  node: ReadNode,
) => Constant | readonly Constant[] | undefined;

export type Folds = Readonly<Record<string, Fold>>;

/** A constant of the same kind with other numbers. */
export function like(source: Constant, shape: readonly number[], values: ArrayLike<number>): Constant {
  return source.kind === 'float'
    ? { kind: 'float', shape, data: Float32Array.from(values) }
    : { kind: 'integer', shape, data: Float64Array.from(values) };
}

export function reshaped(source: Constant, shape: readonly number[]): Constant | undefined {
  return elementsOf(shape) === source.data.length ? { ...source, shape } : undefined;
}

export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Whether a number is the batch's size or was made from it: no number of a file that means itself is so large. */
export const isUnknown = (value: number): boolean => Math.abs(value) >= -BATCH / 2;

/** Whether a number of the constant depends on the batch's size. */
export function hasUnknown(x: Constant): boolean {
  return x.kind === 'integer' && x.data.some(isUnknown);
}

/** The shape of two shapes broadcast together, as NumPy does; undefined when they do not go together. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const shape = Array.from({ length: rank }, (_, i) => {
    const left = a[a.length - rank + i] ?? 1;
    const right = b[b.length - rank + i] ?? 1;
    if (left === right || right === 1) return left;
    return left === 1 ? right : NaN;
  });
  return shape.every((dim) => Number.isSafeInteger(dim)) ? shape : undefined;
}

/** For each element of `shape`, the place of the element of a constant of shape `own` that broadcasts to it. */
export function broadcastPlaces(own: readonly number[], shape: readonly number[]): Int32Array {
  const full = [...Array<number>(shape.length - own.length).fill(1), ...own];
  const steps: number[] = [];
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    steps[axis] = full[axis] === 1 ? 0 : stride;
    stride *= full[axis] ?? 1;
  }
  const places = new Int32Array(elementsOf(shape));
  const index = shape.map(() => 0);
  let from = 0;
  for (let i = 0; i < places.length; i++) {
    places[i] = from;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [size = 1, step = 0] = [shape[axis], steps[axis]];
      index[axis] = (index[axis] ?? 0) + 1;
      from += step;
      if ((index[axis] ?? 0) < size) break;
      from -= step * size;
      index[axis] = 0;
    }
  }
  return places;
}
