import { formatCount } from '../../../words/format.ts';
import type { Network, Node } from '../graph.ts';
import { sizeOf } from '../graph.ts';
import { opName } from '../ops/index.ts';
import { inferShapes } from '../shape.ts';
import { windowOf } from '../window.ts';
import { composed, passOf, poolReach, reachOf, type Reach } from './between.ts';

/** The most numbers of its input that a fused layer may read at once: the memory and time of a fit grow with their square and cube. */
const WIDEST = 4000;

/** Two affine layers with nothing but a chain of simple layers between them. */
export interface Pair {
  readonly first: string;
  readonly second: string;
  /** The layers between them, in order. */
  readonly between: readonly string[];
  /** What the fused layer is: a convolution with this reach, or a dense layer (of what a convolution read, flattened). */
  readonly reach: Reach | null;
  /** Numbers of the first layer's input that one output of the fused layer reads. */
  readonly inputs: number;
  readonly outputs: number;
  /** Why they are never fused; null where nothing but its width speaks against the fused layer. */
  readonly barred: string | null;
  /** Why they are not fused as they are, by that or by the width; null where they may be. */
  readonly refused: string | null;
}

/** An affine layer behind which none follows that it could be fused with. */
interface Alone {
  readonly layer: string;
  readonly reason: string;
}

export interface Found {
  readonly pairs: readonly Pair[];
  readonly alone: readonly Alone[];
}

/** Whether a layer is an affine map that fusing knows: a convolution or a dense layer. */
const isAffine = (node: Node): boolean => ['Conv2D', 'Dense'].includes(opName(node));

/**
 * Which neighbouring layers of a network may be fused, and why others may not. What lies between two layers of a pair is read by
 * nothing else, so that no pair reaches across an add or a concatenation; inside a branch pairs are found like everywhere.
 * @param exclude names of parameters whose layers stay as they are
 */
export function pairsOf(network: Network, exclude: readonly string[] = []): Found {
  const shapes = inferShapes(network, 1);
  const pairs: Pair[] = [];
  const alone: Alone[] = [];
  for (const node of network.nodes) {
    if (!isAffine(node)) continue;
    const found = follow(network, node);
    if ('reason' in found) alone.push({ layer: node.name, reason: found.reason });
    else pairs.push(pairOf(network, shapes, node, found, exclude));
  }
  return { pairs, alone };
}

interface Followed {
  readonly second: Node;
  readonly between: readonly Node[];
}

/** The next affine layer behind one, or why there is none. */
function follow(network: Network, first: Node): Followed | { readonly reason: string } {
  const between: Node[] = [];
  let node = first;
  for (;;) {
    const [value = ''] = node.outputs;
    if (network.outputs.includes(value)) {
      return { reason: node === first ? 'it gives the answer' : `'${node.name}' gives the answer` };
    }
    const readers = network.nodes.filter(({ inputs }) => inputs.includes(value));
    const [next] = readers;
    if (next === undefined) return { reason: 'nothing reads what it makes' };
    if (readers.length > 1) {
      return {
        reason: `what '${node.name}' makes is read by ${readers.map(({ name }) => `'${name}'`).join(' and ')}`,
      };
    }
    if (isAffine(next)) return { second: next, between };
    if (next.inputs.length > 1) return { reason: `'${next.name}' joins it with another branch` };
    if (passOf(next) === undefined)
      return { reason: `'${next.name}' (${next.op}) is not a layer across which is fused` };
    between.push(next);
    node = next;
  }
}

function pairOf(
  network: Network,
  shapes: ReadonlyMap<string, readonly number[]>,
  first: Node,
  { second, between }: Followed,
  exclude: readonly string[],
): Pair {
  const shape = (node: Node) => shapes.get(node.inputs[0] ?? '') ?? [];
  const convolutions = [first, second].every((node) => opName(node) === 'Conv2D');
  const reach = convolutions ? reachBetween(network, shapes, first, between, second) : null;
  const [, channels = 1] = shape(first);
  const inputs = reach === null ? sizeOf(shape(first).slice(1)) : channels * sizeOf(reach.kernel);
  const outputs = network.params[second.params['weight'] ?? '']?.shape[0] ?? 0;
  const names = { first: first.name, second: second.name, between: between.map(({ name }) => name) };
  const barred = barring(network, shape, first, { second, between }, exclude);
  return { ...names, reach, inputs, outputs, barred, refused: barred ?? tooWide(inputs) };
}

function reachBetween(
  network: Network,
  shapes: ReadonlyMap<string, readonly number[]>,
  first: Node,
  between: readonly Node[],
  second: Node,
): Reach {
  const own = (node: Node) =>
    reachOf(windowOf(node, (network.params[node.params['weight'] ?? '']?.shape ?? []).slice(2)));
  const pools = between.filter((node) => passOf(node) === 'pools');
  const reaches = pools.map((node) => poolReach(node, (shapes.get(node.inputs[0] ?? '') ?? []).slice(2)));
  return [...reaches, own(second)].reduce(composed, own(first));
}

function barring(
  network: Network,
  shape: (node: Node) => readonly number[],
  first: Node,
  { second, between }: Followed,
  exclude: readonly string[],
): string | null {
  const params = [first, second].flatMap((node) => Object.values(node.params));
  const kept = params.find((name) => exclude.includes(name));
  if (kept !== undefined) return `'${kept}' is excluded`;
  const sharing = network.nodes.find(
    (node) =>
      node !== first && node !== second && Object.values(node.params).some((name) => params.includes(name)),
  );
  if (sharing !== undefined) return `'${sharing.name}' has numbers in common with it`;
  const sequence = [first, second].find((node) => node.op === 'Dense' && shape(node).length > 2);
  if (sequence !== undefined) return `'${sequence.name}' computes at every place of a sequence`;
  if (opName(first) === 'Dense' && opName(second) === 'Conv2D') {
    return 'a dense layer comes before a convolution';
  }
  const turned = between.find((node) => passOf(node) === 'rearranges');
  if (turned !== undefined && opName(second) === 'Conv2D') {
    return `'${turned.name}' moves what a convolution reads to other places`;
  }
  return null;
}

function tooWide(inputs: number): string | null {
  if (inputs <= WIDEST) return null;
  return `the fused layer would read ${formatCount(inputs)} numbers at once, and at most ${formatCount(WIDEST)} can be fitted`;
}
