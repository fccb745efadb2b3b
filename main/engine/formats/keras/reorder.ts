import type { TensorData, WeightSet } from '../../network/graph.ts';
import { sizeOf } from '../../network/graph.ts';

/** The tensor with its axes in another order. */
export function reorder({ shape, data }: TensorData, perm: readonly number[]): TensorData {
  const [rows = 1, columns = 1] = shape;
  if (perm.join() === '1,0') return { shape: [columns, rows], data: turned(data, rows, columns) };
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const made = perm.map((axis) => shape[axis] ?? 1);
  const steps = perm.map((axis) => strides[axis] ?? 0);
  const out = new Float32Array(data.length);
  const index = made.map(() => 0);
  let from = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = data[from] ?? NaN;
    for (let axis = made.length - 1; axis >= 0; axis--) {
      const [size = 1, step = 0] = [made[axis], steps[axis]];
      index[axis] = (index[axis] ?? 0) + 1;
      from += step;
      if ((index[axis] ?? 0) < size) break;
      from -= step * size;
      index[axis] = 0;
    }
  }
  return { shape: made, data: out };
}

/** A matrix turned, tile by tile: both sides of a tile fit into the processor's cache. */
function turned(data: Float32Array, rows: number, columns: number): Float32Array {
  const tile = 32;
  const out = new Float32Array(data.length);
  for (let top = 0; top < rows; top += tile) {
    const bottom = Math.min(top + tile, rows);
    for (let left = 0; left < columns; left += tile) {
      const right = Math.min(left + tile, columns);
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          out[column * rows + row] = data[row * columns + column] ?? NaN;
        }
      }
    }
  }
  return out;
}

/** The same numbers in another shape of the same size. */
export function withShape(tensor: TensorData, shape: readonly number[]): TensorData {
  return tensor instanceof Reordered ? tensor.withShape(shape) : { shape, data: tensor.data };
}

/** A tensor whose axes are put into another order when its numbers are first asked for. */
class Reordered implements TensorData {
  readonly shape: readonly number[];
  private readonly perm: readonly number[];
  /** What is to be reordered, and afterwards what came of it: never both. */
  private tensor: TensorData;
  private done = false;

  constructor(tensor: TensorData, perm: readonly number[], shape: readonly number[]) {
    this.tensor = tensor;
    this.perm = perm;
    this.shape = shape;
  }

  get data(): Float32Array {
    if (!this.done) this.tensor = reorder(this.tensor, this.perm);
    this.done = true;
    return this.tensor.data;
  }

  withShape(shape: readonly number[]): TensorData {
    return this.done ? { shape, data: this.data } : new Reordered(this.tensor, this.perm, shape);
  }
}

/**
 * As `reorder`, but nothing is done before the numbers are asked for: so a reader can go through a whole file and know all shapes
 * without every tensor being there twice.
 */
export function reordered(tensor: TensorData, perm: readonly number[]): TensorData {
  return new Reordered(
    tensor,
    perm,
    perm.map((axis) => tensor.shape[axis] ?? 1),
  );
}

/** Does what `reordered` has put off, tensor by tensor; each one as it was stored is given up on the way. */
export function settle(weights: WeightSet): void {
  for (const [name, tensor] of weights) weights.set(name, { shape: tensor.shape, data: tensor.data });
}
