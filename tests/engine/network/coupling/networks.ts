import type { Network } from '../../../../main/engine/network/graph.ts';
import { Graph } from './graph.ts';

/** Self-attention over tokens, with a class for each sequence. */
export function attention({ tokens = 5, width = 8, heads = 2 } = {}): Network {
  const g = new Graph([tokens, width]);
  const depth = width / heads;
  const [q = '', k = '', v = ''] = [0, 1, 2]
    .map(() => g.dense(g.x, width))
    .map((value) => g.reshape(value, tokens, heads, depth))
    .map((value, i) => g.transpose(value, 0, 2, ...(i === 1 ? [3, 1] : [1, 3])));
  const scores = g.add('Mul', [g.add('MatMul', [q, k])], {}, { constant: g.param('scale', [], 'constant') });
  const mixed = g.add('MatMul', [g.add('Softmax', [scores]), v]);
  const back = g.reshape(g.transpose(mixed, 0, 2, 1, 3), tokens, width);
  const made = g.dense(back, width);
  return g.build(g.dense(g.add('Flatten', [made]), 3));
}
