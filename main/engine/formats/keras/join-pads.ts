import type { Network, Node } from '../../network/graph.ts';
import { flagAttr, integersAttr, numberAttr } from '../../network/node-reading.ts';
import { nonNegativeValues } from './non-negative.ts';

/** Fill values from here on never win a maximum. */
const LOWEST = -3.4e38;

/**
 * Puts borders that a file adds in a layer of their own into the convolution or pooling that follows, where both say the same.
 * Padding of files that only know 'same' and 'valid' comes back so as it was.
 */
export function joinPads(network: Network): Network {
  const nonNegative = nonNegativeValues(network);
  const readersOf = new Map<string, Node[]>();
  for (const node of network.nodes) {
    for (const name of new Set(node.inputs)) {
      const known = readersOf.get(name);
      if (known === undefined) readersOf.set(name, [node]);
      else known.push(node);
    }
  }
  const gone = new Set<Node>();
  const replaced = new Map<Node, Node>();
  for (const pad of network.nodes) {
    const [value = ''] = pad.outputs;
    const readers = readersOf.get(value) ?? [];
    if (pad.op !== 'Pad' || readers.length === 0 || network.outputs.includes(value)) continue;
    const [source = ''] = pad.inputs;
    const joined = readers.map((reader) => join(pad, reader, nonNegative.has(source)));
    if (!joined.every((node) => node !== undefined)) continue;
    gone.add(pad);
    readers.forEach((reader, i) => replaced.set(reader, joined[i] ?? reader));
  }
  const nodes = network.nodes.filter((node) => !gone.has(node)).map((node) => replaced.get(node) ?? node);
  return { ...network, nodes };
}

/** The layer with the border as its own; undefined where that would be something else. */
function join(pad: Node, reader: Node, nonNegative: boolean): Node | undefined {
  const [batch, channels, top = 0, left = 0, after, more, bottom = 0, right = 0] = integersAttr(pad, 'pads');
  const known = ['pads', 'value'];
  const plain = Object.keys(pad.attrs).every((name) => known.includes(name));
  if (!plain || [batch, channels, after, more].some((count) => count !== 0)) return undefined;
  const own = integersAttr(reader, 'pads', [0, 0, 0, 0]);
  const value = numberAttr(pad, 'value', 0);
  const unpadded = own.every((count) => count === 0);
  const fits: Readonly<Record<string, boolean>> = {
    Conv2D: value === 0,
    MaxPool: value <= LOWEST || (value === 0 && nonNegative && unpadded),
    AvgPool: value === 0 && (unpadded || flagAttr(reader, 'countIncludePad', false)),
  };
  if (fits[reader.op] !== true) return undefined;
  const pads = [top, left, bottom, right].map((count, i) => count + (own[i] ?? 0));
  return {
    ...reader,
    inputs: pad.inputs,
    attrs: { ...reader.attrs, pads, ...(reader.op === 'AvgPool' && { countIncludePad: true }) },
  };
}
