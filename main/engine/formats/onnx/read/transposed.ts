import type { Constant } from './constant.ts';
import { elementsOf } from './constant.ts';
import type { ReadTensor } from './model.ts';

/** The constant with its axes in another order. */
export function transposed(x: Constant, perm: readonly number[]): Constant {
  const shape = perm.map((axis) => x.shape[axis] ?? 1);
  const strides = x.shape.map((_, axis) => elementsOf(x.shape.slice(axis + 1)));
  const steps = perm.map((axis) => strides[axis] ?? 0);
  const data = x.data.slice();
  const last = shape.length - 1;
  const run = shape[last] ?? 1;
  const stride = steps[last] ?? 0;
  // Counts up the output's axes but the last, and keeps the place in the input in step with them.
  const index = shape.map(() => 0);
  let from = 0;
  for (let i = 0; i < data.length; i += run) {
    for (let k = 0; k < run; k++) data[i + k] = x.data[from + k * stride] ?? NaN;
    for (let axis = last - 1; axis >= 0; axis--) {
      const [size = 1, step = 0] = [shape[axis], steps[axis]];
      index[axis] = (index[axis] ?? 0) + 1;
      from += step;
      if ((index[axis] ?? 0) < size) break;
      from -= step * size;
      index[axis] = 0;
    }
  }
  return { ...x, shape, data } as Constant;
}

/**
 * A stored float32 matrix with its axes exchanged, straight from the bytes of the file: a copy in between would be the third
 * of a matrix that may be most of the file. Undefined for anything else.
 */
export function transposedMatrix({ dims, type, source }: ReadTensor): Float32Array | undefined {
  const [rows, columns] = dims;
  if (
    type !== 1 ||
    source.kind !== 'raw' ||
    dims.length !== 2 ||
    rows === undefined ||
    columns === undefined
  ) {
    return undefined;
  }
  const { bytes } = source;
  if (rows < 0 || columns < 0 || bytes.length !== rows * columns * 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = new Float32Array(rows * columns);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      data[column * rows + row] = view.getFloat32((row * columns + column) * 4, true);
    }
  }
  return data;
}
