import { sizeOf } from '../../../network/graph.ts';

/** Of a row-major array: how far the next element along each axis is. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return strides;
}

/** For every index of `shape` in row-major order: start + sum over the axes of coordinate * stride. */
export function places(shape: readonly number[], strides: readonly number[], start = 0): Int32Array {
  const found = new Int32Array(sizeOf(shape));
  const at = new Array<number>(shape.length).fill(0);
  let place = start;
  for (let i = 0; i < found.length; i++) {
    found[i] = place;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] ?? 0;
      place += stride;
      at[axis] = (at[axis] ?? 0) + 1;
      if (at[axis] !== shape[axis]) break;
      place -= stride * (shape[axis] ?? 0);
      at[axis] = 0;
    }
  }
  return found;
}

/** The elements at `from`. */
export function gather(data: Float64Array, from: Int32Array): Float64Array {
  const found = new Float64Array(from.length);
  for (let i = 0; i < from.length; i++) found[i] = data[from[i] as number] as number;
  return found;
}

/** Adds every element to the one at `to`; places may repeat. */
export function scatter(data: Float64Array, to: Int32Array, target: Float64Array): Float64Array {
  for (let i = 0; i < to.length; i++) {
    const place = to[i] as number;
    target[place] = (target[place] as number) + (data[i] as number);
  }
  return target;
}
