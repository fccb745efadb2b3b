import type { Network } from '../../../../main/engine/network/graph.ts';
import { Graph } from './graph.ts';

/** Self-attention over tokens, with a class for each sequence. */
export function attention({
  tokens = 5,
  width = 8,
  heads = 2,
  softmax = true,
  dropout = false,
} = {}): Network {
  const g = new Graph([tokens, width]);
  const depth = width / heads;
  const [q = '', k = '', v = ''] = [0, 1, 2]
    .map(() => g.dense(g.x, width))
    .map((value) => g.reshape(value, tokens, heads, depth))
    .map((value, i) => g.transpose(value, 0, 2, ...(i === 1 ? [3, 1] : [1, 3])));
  const scores = g.add('Mul', [g.add('MatMul', [q, k])], {}, { constant: g.param('scale', [], 'constant') });
  const weighed = g.add(softmax ? 'Softmax' : 'Sigmoid', [scores]);
  const mixed = g.add('MatMul', [dropout ? g.add('Dropout', [weighed]) : weighed, v]);
  const back = g.reshape(g.transpose(mixed, 0, 2, 1, 3), tokens, width);
  const made = g.dense(back, width);
  return g.build(g.dense(g.add('Flatten', [made]), 3));
}

/** ResNet-20 with shortcuts of option A: pixels are skipped, and channels of zeros put on both sides. */
export function residualWithPads(): Network {
  const g = new Graph([3, 32, 32]);
  const conv = (x: string, out: number, stride = 1) => g.norm(g.conv(x, out, { bias: false, stride }));
  let x = g.relu(conv(g.x, 16));
  for (const [stage, width] of [16, 32, 64].entries()) {
    for (let block = 0; block < 3; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const made = conv(g.relu(conv(x, width, stride)), width);
      x = g.relu(g.sum(made, stride === 1 ? x : withPads(g, x, width / 4)));
    }
  }
  return g.build(g.classify(x, 10));
}

function withPads(g: Graph, x: string, each: number): string {
  const half = g.add('Slice', [x], { starts: [0, 0], ends: [99, 99], axes: [2, 3], steps: [2, 2] });
  return g.add('Pad', [half], { pads: [0, each, 0, 0, 0, each, 0, 0] });
}
