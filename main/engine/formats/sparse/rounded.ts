import type { Network, Node, TensorData, WeightSet } from '../../network/graph.ts';
import { countAttr } from '../../network/node-reading.ts';

/** The whole number that the largest weight of an output channel becomes. */
const LARGEST = 127;

/** Weights of one output channel as whole numbers, symmetric around zero: each is about `whole * scale`. */
export function rounded(weights: readonly number[]): { whole: Int8Array; scale: number } {
  const most = weights.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0);
  const scale = Math.fround(most / LARGEST);
  // Weights so small that float32 has no exact scale for them.
  if (scale < 2 ** -126) return { whole: new Int8Array(weights.length), scale: 1 };
  return { whole: Int8Array.from(weights, (weight) => Math.round(weight / scale)), scale };
}

/**
 * The weights that a network has whose layers store theirs in eight bits, as float32.
 * @param network with its batch norms folded
 */
export function roundedSet(network: Network, weights: WeightSet): WeightSet {
  const made = new Map(weights);
  for (const node of network.nodes) {
    const name = node.params['weight'];
    const channelOf = CHANNELS[node.op];
    const weight = name === undefined ? undefined : weights.get(name);
    if (name === undefined || weight === undefined || channelOf === undefined) continue;
    const places = new Map<number, number[]>();
    for (let i = 0; i < weight.data.length; i++) {
      const channel = channelOf(node, weight, i);
      const known = places.get(channel);
      if (known === undefined) places.set(channel, [i]);
      else known.push(i);
    }
    const data = new Float32Array(weight.data.length);
    for (const own of places.values()) {
      const { whole, scale } = rounded(own.map((i) => weight.data[i] ?? 0));
      own.forEach((i, at) => (data[i] = (whole[at] ?? 0) * scale));
    }
    made.set(name, { shape: weight.shape, data });
  }
  return made;
}

/** Output channels come first. */
const first = (_: Node, { shape, data }: TensorData, i: number): number =>
  Math.floor(i / (data.length / (shape[0] ?? 1)));

/** The output channel of a weight, of each layer type whose weights are stored in eight bits. */
const CHANNELS: Readonly<Record<string, (node: Node, weight: TensorData, i: number) => number>> = {
  Conv2D: first,
  Dense: first,
  // [in, out / groups, h, w]
  ConvTranspose2D(node, { shape }, i) {
    const [ins = 1, each = 1, height = 1, width = 1] = shape;
    const taps = height * width;
    const group = Math.floor(Math.floor(i / (each * taps)) / (ins / countAttr(node, 'group', 1)));
    return group * each + (Math.floor(i / taps) % each);
  },
};
