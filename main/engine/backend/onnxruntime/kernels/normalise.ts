import type { Graph } from '../graph.ts';
import { dense, elementwise, plain, type View } from '../layout.ts';
import { defineKernels, type KernelCall } from '../record.ts';

/** Normalisation with given statistics, and softmax. */

/**
 * (x - mean) * scale / sqrt(variance + epsilon) + offset, as one product and one sum per element, in the form that
 * onnxruntime folds into a convolution before it when all of them are constant.
 */
function batchNorm({ g, inputs: { x, mean, variance, offset, scale }, attrs }: KernelCall): View | undefined {
  if (x?.value.type !== 'float32' || mean === undefined || variance === undefined) return undefined;
  const root = calculate(
    g,
    'Sqrt',
    calculate(g, 'Add', variance, number(g, attrs['varianceEpsilon'] as number)),
  );
  const slope = calculate(g, 'Div', scale ?? number(g, 1), root);
  const shift = calculate(g, 'Sub', offset ?? number(g, 0), calculate(g, 'Mul', mean, slope));
  return calculate(g, 'Add', calculate(g, 'Mul', x, slope), shift);
}

function softmax({ g, inputs: { logits }, attrs }: KernelCall): View | undefined {
  if (logits?.value.type !== 'float32') return undefined;
  const axis = attrs['dim'] as number;
  const value = dense(g, logits);
  return plain(g.op('Softmax', [value], value, { attrs: { axis } }));
}

function number(g: Graph, value: number): View {
  return plain(g.scalar(value));
}

function calculate(g: Graph, op: string, ...operands: View[]): View {
  return elementwise(g, op, operands, 'float32');
}

defineKernels({ FusedBatchNorm: batchNorm, Softmax: softmax });
