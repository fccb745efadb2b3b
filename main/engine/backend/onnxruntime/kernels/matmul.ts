import type { Graph, Value } from '../graph.ts';
import {
  broadcastShape,
  dense,
  elementwise,
  plain,
  reshapeValue,
  transpose,
  unrepeated,
  type View,
} from '../layout.ts';
import { defineKernels, type KernelCall } from '../record.ts';
import { activate } from './fused.ts';

/** Matrix products. */

/** A matrix as Gemm takes it: a value and whether it is to be read transposed, so that no transposition is ever made. */
interface GemmOperand {
  readonly value: Value;
  readonly transposed: boolean;
}

function operand(g: Graph, view: View): GemmOperand {
  const { value, perm } = unrepeated(g, view);
  return { value, transposed: perm[0] === 1 };
}

/** a x b for matrices. */
function gemm(g: Graph, a: View, b: View): Value {
  const left = operand(g, a);
  const right = operand(g, b);
  return g.op(
    'Gemm',
    [left.value, right.value],
    { shape: [a.shape[0] ?? 1, b.shape[1] ?? 1], type: 'float32' },
    {
      attrs: { transA: left.transposed ? 1 : 0, transB: right.transposed ? 1 : 0 },
    },
  );
}

/** The matrix in a view whose leading axes are all 1, or undefined when it is a true batch. */
function single(g: Graph, view: View): View | undefined {
  const rank = view.shape.length;
  if (view.shape.slice(0, -2).some((dim) => dim !== 1)) return undefined;
  if (rank === 2) return view;
  const swapped = (view.perm[rank - 2] ?? 0) > (view.perm[rank - 1] ?? 0);
  const [rows = 1, columns = 1] = view.shape.slice(-2);
  const { value } = unrepeated(g, view);
  return swapped
    ? { value: reshapeValue(g, value, [columns, rows]), perm: [1, 0], shape: [rows, columns] }
    : plain(reshapeValue(g, value, [rows, columns]));
}

/** The view with its last two axes swapped. */
function flipped(view: View): View {
  const order = view.shape.map((_, axis) => axis);
  order.push(...order.splice(-2).reverse());
  return transpose(view, order);
}

/** a x b over leading batch axes. @throws where the inner dimensions or the batches do not fit */
function matMul(g: Graph, a: View, b: View): View {
  if (a.shape.length < 2 || b.shape.length < 2 || a.shape.at(-1) !== b.shape.at(-2)) {
    throw new Error(`Matrices [${a.shape.join()}] and [${b.shape.join()}] cannot be multiplied.`);
  }
  const batch = broadcastShape([a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  const shape = [...batch, a.shape.at(-2) ?? 1, b.shape.at(-1) ?? 1];
  const left = single(g, a);
  const right = single(g, b);
  if (left !== undefined && right !== undefined) return plain(reshapeValue(g, gemm(g, left, right), shape));
  return plain(g.op('MatMul', [dense(g, a), dense(g, b)], { shape, type: 'float32' }));
}

function product({ g, inputs: { a, b }, attrs }: KernelCall): View | undefined {
  if (a?.value.type !== 'float32' || b?.value.type !== 'float32') return undefined;
  return matMul(
    g,
    attrs['transposeA'] === true ? flipped(a) : a,
    attrs['transposeB'] === true ? flipped(b) : b,
  );
}

function fused(call: KernelCall): View | undefined {
  const result = product(call);
  if (result === undefined) return undefined;
  const { g, inputs: { bias } } = call; // prettier-ignore
  const shifted = bias === undefined ? result : elementwise(g, 'Add', [result, bias], 'float32');
  return activate(call, shifted);
}

defineKernels({ BatchMatMul: product, _FusedMatMul: fused });
