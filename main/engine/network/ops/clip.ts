import * as tf from '@tensorflow/tfjs-core';
import type { Node } from '../graph.ts';
import { numberAttr } from '../node-reading.ts';
import { elementwise } from './elementwise.ts';

const minOf = (node: Node) => numberAttr(node, 'min', -Infinity);
const maxOf = (node: Node) => numberAttr(node, 'max', Infinity);

export const clip = elementwise({
  summary: 'limits values to [min, max]; ReLU6 is [0, 6]',
  neverNegative: (node) => minOf(node) >= 0,
  atZero: (node) => (minOf(node) <= 0 && maxOf(node) >= 0 ? 'zero' : 'other'),
  apply: (x, node) => tf.clipByValue(x, minOf(node), maxOf(node)),
  emit(ctx, node, input) {
    const bound = (value: number) => (Number.isFinite(value) ? ctx.scalar(value) : '');
    ctx.node('Clip', [input, bound(minOf(node)), bound(maxOf(node))], {}, node.outputs);
  },
});
