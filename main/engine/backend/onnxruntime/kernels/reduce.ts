import * as tf from '@tensorflow/tfjs-core';
import type { Graph } from '../graph.ts';
import { elementwise, plain, unrepeated, type View } from '../layout.ts';
import { defineKernels, type KernelCall, type KernelRule } from '../record.ts';
import { cast, whereNaN } from './unary.ts';

/** Functions that fold axes: sums, means, extremes. They work in whatever order the value is in. */

interface Reduction {
  readonly op: string;
  /** ONNX 17 takes the axes of a sum as an input, those of the others as an attribute. */
  readonly axesAs: 'input' | 'attribute';
}

/** Folds logical `axes` of a view. */
export function reduce(
  g: Graph,
  { op, axesAs }: Reduction,
  view: View,
  axes: readonly number[],
  keepDims: boolean,
): View {
  const { value, perm } = unrepeated(g, view);
  const folded = axes.map((axis) => perm[axis] ?? axis).sort((a, b) => a - b);
  const left = value.shape.map((_, axis) => axis).filter((axis) => !folded.includes(axis));
  const shape = keepDims
    ? value.shape.map((dim, axis) => (folded.includes(axis) ? 1 : dim))
    : left.map((axis) => value.shape[axis] ?? 1);
  const keepdims = keepDims ? 1 : 0;
  const result =
    axesAs === 'input'
      ? g.op(op, [value, g.integers(folded)], { shape, type: value.type }, { attrs: { keepdims } })
      : g.op(op, [value], { shape, type: value.type }, { attrs: { keepdims, axes: folded } });
  const logical = view.shape.map((_, axis) => axis).filter((axis) => keepDims || !axes.includes(axis));
  return {
    value: result,
    perm: logical.map((axis) => (keepDims ? (perm[axis] ?? 0) : left.indexOf(perm[axis] ?? 0))),
    shape: logical.map((axis) => (axes.includes(axis) ? 1 : (view.shape[axis] ?? 1))),
  };
}

const SUM: Reduction = { op: 'ReduceSum', axesAs: 'input' };
const MEAN: Reduction = { op: 'ReduceMean', axesAs: 'attribute' };
export const MAX: Reduction = { op: 'ReduceMax', axesAs: 'attribute' };
export const MIN: Reduction = { op: 'ReduceMin', axesAs: 'attribute' };
const PROD: Reduction = { op: 'ReduceProd', axesAs: 'attribute' };

function axesOf(view: View, attrs: KernelCall['attrs']): number[] {
  const axis = (attrs['axis'] ?? attrs['reductionIndices'] ?? null) as number | number[] | null;
  return tf.util.parseAxisParam(axis as number, [...view.shape]);
}

function reduction(how: Reduction, types: readonly string[] = ['float32', 'int32']): KernelRule {
  return ({ g, inputs: { x }, attrs }) => {
    if (x === undefined || !types.includes(x.value.type)) return undefined;
    const axes = axesOf(x, attrs);
    if (axes.length === 0) return x;
    return reduce(g, how, x, axes, attrs['keepDims'] === true);
  };
}

/** The greatest or least value, NaN where there is one among them: onnxruntime alone would pass over it. */
function extreme(how: Reduction): KernelRule {
  return ({ g, inputs: { x }, attrs }) => {
    if (x?.value.type !== 'float32' && x?.value.type !== 'int32') return undefined;
    const axes = axesOf(x, attrs);
    if (axes.length === 0) return x;
    const keepDims = attrs['keepDims'] === true;
    const found = reduce(g, how, x, axes, keepDims);
    if (x.value.type === 'int32') return found;
    const missing = cast(g, whereNaN(g, x), 'float32');
    const spoiled = cast(g, reduce(g, MAX, missing, axes, keepDims), 'bool');
    return elementwise(g, 'Where', [spoiled, plain(g.scalar(NaN)), found], 'float32');
  };
}

/** tfjs sums booleans as int32. */
function sum(call: KernelCall): View | undefined {
  const { g, inputs: { x }, attrs } = call; // prettier-ignore
  if (x === undefined) return undefined;
  const numbers = x.value.type === 'bool' ? cast(g, x, 'int32') : x;
  const axes = axesOf(x, attrs);
  return axes.length === 0 ? numbers : reduce(g, SUM, numbers, axes, attrs['keepDims'] === true);
}

/** All is the least, Any the greatest of the truth values. */
function logical(how: Reduction): KernelRule {
  return ({ g, inputs: { x }, attrs }) => {
    if (x?.value.type !== 'bool') return undefined;
    const axes = axesOf(x, attrs);
    if (axes.length === 0) return x;
    return cast(g, reduce(g, how, cast(g, x, 'int32'), axes, attrs['keepDims'] === true), 'bool');
  };
}

defineKernels({
  Sum: sum,
  Mean: reduction(MEAN, ['float32']),
  Max: extreme(MAX),
  Min: extreme(MIN),
  Prod: reduction(PROD, ['float32']),
  All: logical(MIN),
  Any: logical(MAX),
});
