import type { Node } from '../../../../network/graph.ts';
import { binary, known, unary } from './functions.ts';
import type { IdiomGraph } from './graph.ts';

/** The longest form of an activation function that is looked for. */
const MAX_NODES = 16;
/** Where functions are compared, and how near they must be: float32 constants differ less, other functions more. */
const POINTS = Array.from({ length: 49 }, (_, i) => (i - 24) / 4 + 0.01);
const TOLERANCE = 2e-6;

/**
 * Finds activation functions that are written out, such as x * sigmoid(x), by what they compute and not by how: the nodes
 * between a value and the only value it is needed for are evaluated and compared with the functions that are known.
 */
export function recogniseActivations(graph: IdiomGraph, nodes: readonly Node[]): void {
  for (const node of nodes.toReversed()) {
    if (!graph.isGone(node) && binary[node.op] !== undefined) recogniseAt(graph, node);
  }
}

function recogniseAt(graph: IdiomGraph, root: Node): void {
  const cone = new Set<Node>([root]);
  const frontier = new Set(root.inputs);
  if (!isSimple(graph, root)) return;
  while (cone.size <= MAX_NODES) {
    const [only] = frontier;
    if (only !== undefined && frontier.size === 1 && cone.size > 1) {
      const match = known.find(({ of }) => sameFunction(graph, root, only, of));
      if (match !== undefined) {
        const { op, attrs } = match;
        graph.replace(cone, root, { ...root, op, attrs, inputs: [only], params: {} });
        return;
      }
    }
    // What stands last in the network cannot be what the others are computed from.
    const next = [...frontier]
      .map((value) => graph.maker(value))
      .filter((node) => node !== undefined)
      .sort((a, b) => graph.placeOf(b) - graph.placeOf(a))[0];
    if (next === undefined || !isSimple(graph, next) || !graph.onlyReadBy(next, cone)) return;
    cone.add(next);
    for (const value of next.outputs) frontier.delete(value);
    for (const value of next.inputs) frontier.add(value);
  }
}

/** Whether a node computes every element by itself, with nothing but single numbers stored. */
function isSimple(graph: IdiomGraph, node: Node): boolean {
  if (unary[node.op] !== undefined) return true;
  return (
    binary[node.op] !== undefined &&
    (node.inputs.length === 2 || graph.scalarOf(node) !== undefined) &&
    graph.shapes.get(node.outputs[0] ?? '')?.join() === graph.shapes.get(node.inputs[0] ?? '')?.join()
  );
}

function sameFunction(graph: IdiomGraph, root: Node, input: string, of: (x: number) => number): boolean {
  return POINTS.every((x) => {
    const values = new Map([[input, x]]);
    return Math.abs(valueOf(graph, root.outputs[0] ?? '', values) - of(x)) < TOLERANCE;
  });
}

function valueOf(graph: IdiomGraph, name: string, values: Map<string, number>): number {
  const found = values.get(name);
  if (found !== undefined) return found;
  const node = graph.maker(name);
  if (node === undefined) return NaN;
  const inputs = node.inputs.map((input) => valueOf(graph, input, values));
  const value = apply(graph, node, inputs);
  values.set(name, value);
  return value;
}

function apply(graph: IdiomGraph, node: Node, [a = NaN, b = NaN]: readonly number[]): number {
  const single = unary[node.op];
  if (single !== undefined) return single(a, node);
  const stored = graph.scalarOf(node);
  const both = binary[node.op];
  if (both === undefined) return NaN;
  if (stored === undefined) return both(a, b);
  return node.attrs['constantFirst'] === true ? both(stored, a) : both(a, stored);
}
