import * as tf from '@tensorflow/tfjs-core';
import type { Node } from '../graph.ts';
import { numberAttr } from '../node-reading.ts';
import { elementwise } from './elementwise.ts';

const alphaOf = (node: Node) => numberAttr(node, 'alpha', 0.01);

export const leakyRelu = elementwise({
  summary: 'x for x > 0, alpha * x (0.01) elsewhere',
  atZero: 'zero',
  apply: (x, node) => tf.leakyRelu(x, alphaOf(node)),
  emit: (ctx, node, input) =>
    void ctx.node('LeakyRelu', [input], { alpha: { float: alphaOf(node) } }, node.outputs),
});
