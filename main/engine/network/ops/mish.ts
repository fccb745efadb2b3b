import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

/** Misra 2019. ONNX has a Mish from opset 18 only. */
export const mish = elementwise({
  summary: 'x * tanh(log(1 + exp(x)))',
  atZero: 'zero',
  apply: (x) => tf.mul(x, tf.tanh(tf.softplus(x))),
  emit(ctx, node, input) {
    const gate = ctx.node('Tanh', ctx.node('Softplus', [input]));
    ctx.node('Mul', [input, ...gate], {}, node.outputs);
  },
});
