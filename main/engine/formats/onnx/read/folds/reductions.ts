import { intAttr, intsAttr } from '../attributes.ts';
import { type Constant, elementsOf } from '../constant.ts';
import { transposed } from '../transposed.ts';
import { axisOf, type Fold, type Folds, hasUnknown, isUnknown, like, MAX_MADE } from './common.ts';

/** An operator that takes some axes of a constant together, all of them when none are named. */
function reduce(of: (values: readonly number[]) => number, product = false): Fold {
  return ([x, given], node) => {
    if (x === undefined) return undefined;
    const rank = x.shape.length;
    const named = given === undefined ? intsAttr(node, 'axes') : [...given.data];
    if ((named === undefined || named.length === 0) && intAttr(node, 'noop_with_empty_axes', 0) === 1)
      return x;
    const axes = named?.length ? named.map((axis) => axisOf(axis, rank)) : x.shape.map((_, i) => i);
    if (axes.some((axis) => !(axis >= 0 && axis < rank))) return undefined;
    // A product with the batch's size is a multiple of it; nothing else is known of it.
    if (hasUnknown(x) && !(product && x.data.filter(isUnknown).length === 1)) return undefined;
    const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
    const ordered = transposed(x, [...kept, ...axes]);
    const run = elementsOf(axes.map((axis) => x.shape[axis] ?? 1));
    const shape = intAttr(node, 'keepdims', 1)
      ? x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim))
      : kept.map((i) => x.shape[i] ?? 1);
    const values = Array.from({ length: elementsOf(shape) }, (_, i) =>
      of([...ordered.data.subarray(i * run, (i + 1) * run)]),
    );
    return like(x, shape, values);
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Reductions of constants, and the product of two matrices. */
export const reductionFolds: Folds = {
  ReduceSum: reduce(sum),
  ReduceMean: reduce((values) => sum(values) / values.length),
  ReduceMax: reduce((values) => values.reduce((a, b) => Math.max(a, b), -Infinity)),
  ReduceMin: reduce((values) => values.reduce((a, b) => Math.min(a, b), Infinity)),
  ReduceProd: reduce((values) => values.reduce((a, b) => a * b, 1), true),
  ReduceL2: reduce((values) => Math.sqrt(values.reduce((total, value) => total + value * value, 0))),

  MatMul([a, b]): Constant | undefined {
    const [rows = 0, inner = 0] = a?.shape ?? [];
    const [same = -1, columns = 0] = b?.shape ?? [];
    if (a?.kind !== 'float' || b?.kind !== 'float' || a.shape.length !== 2 || b.shape.length !== 2)
      return undefined;
    if (inner !== same || rows * columns * inner > 16 * MAX_MADE) return undefined;
    const data = new Float32Array(rows * columns);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        let total = 0;
        for (let k = 0; k < inner; k++)
          total += (a.data[r * inner + k] ?? NaN) * (b.data[k * columns + c] ?? NaN);
        data[r * columns + c] = total;
      }
    }
    return { kind: 'float', shape: [rows, columns], data };
  },
};
