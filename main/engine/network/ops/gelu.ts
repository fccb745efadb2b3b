import * as tf from '@tensorflow/tfjs-core';
import type { Node } from '../graph.ts';
import { nodeError } from '../node-reading.ts';
import { elementwise } from './elementwise.ts';

const CUBIC = 0.044715;
const ROOT_2_OVER_PI = Math.sqrt(2 / Math.PI);

/** Gaussian error linear unit (Hendrycks and Gimpel 2016): exact, or its tanh form with `approximate: 'tanh'`. */
export const gelu = elementwise({
  summary: 'x * Phi(x), Phi the normal distribution function',
  atZero: 'zero',

  apply(x, node) {
    const phi = isTanh(node)
      ? tf.tanh(tf.mul(tf.mul(x, tf.add(tf.mul(tf.square(x), CUBIC), 1)), ROOT_2_OVER_PI))
      : tf.erf(tf.mul(x, Math.SQRT1_2));
    return tf.mul(tf.mul(x, 0.5), tf.add(phi, 1));
  },

  // ONNX has a Gelu from opset 20 only.
  emit(ctx, node, input) {
    const call = (op: string, ...inputs: string[]) => ctx.node(op, inputs)[0] ?? '';
    const phi = isTanh(node)
      ? call(
          'Tanh',
          call(
            'Mul',
            call(
              'Mul',
              input,
              call('Add', call('Mul', call('Mul', input, input), ctx.scalar(CUBIC)), ctx.scalar(1)),
            ),
            ctx.scalar(ROOT_2_OVER_PI),
          ),
        )
      : call('Erf', call('Mul', input, ctx.scalar(Math.SQRT1_2)));
    const half = call('Mul', input, ctx.scalar(0.5));
    ctx.node('Mul', [half, call('Add', phi, ctx.scalar(1))], {}, node.outputs);
  },
});

function isTanh(node: Node): boolean {
  const approximate = node.attrs['approximate'] ?? 'none';
  if (approximate !== 'none' && approximate !== 'tanh') {
    throw nodeError(node, "needs 'none' or 'tanh' as attribute 'approximate'");
  }
  return approximate === 'tanh';
}
