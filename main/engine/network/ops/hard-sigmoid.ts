import * as tf from '@tensorflow/tfjs-core';
import type { Node } from '../graph.ts';
import { numberAttr } from '../node-reading.ts';
import { elementwise } from './elementwise.ts';

const alphaOf = (node: Node) => numberAttr(node, 'alpha', 0.2);
const betaOf = (node: Node) => numberAttr(node, 'beta', 0.5);

/** ONNX's defaults are alpha 0.2 and beta 0.5; PyTorch's hard sigmoid has alpha 1/6. */
export const hardSigmoid = elementwise({
  summary: 'alpha * x + beta, limited to [0, 1]',
  neverNegative: () => true,
  atZero: (node) => (betaOf(node) <= 0 ? 'zero' : 'other'),
  apply: (x, node) => tf.clipByValue(tf.add(tf.mul(x, alphaOf(node)), betaOf(node)), 0, 1),
  emit: (ctx, node, input) =>
    void ctx.node(
      'HardSigmoid',
      [input],
      { alpha: { float: alphaOf(node) }, beta: { float: betaOf(node) } },
      node.outputs,
    ),
});
