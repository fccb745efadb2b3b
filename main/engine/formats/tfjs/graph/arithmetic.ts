import type { TensorData } from '../../../network/graph.ts';
import { beside } from '../../keras/beside.ts';
import { withShape } from '../../keras/reorder.ts';
import type { GraphImporter } from './importer.ts';
import type { GraphNode } from './nodes.ts';
import type { GraphReader } from './reader.ts';

/** A stored input as it stands beside a value of this rank. */
export function storedBeside(
  importer: GraphImporter,
  node: GraphNode,
  index: number,
  rank: number,
): TensorData {
  const stored = importer.stored(node, index);
  const found = beside(stored, rank);
  if (found !== undefined) return found;
  throw importer.fail(node, `has a constant of shape [${stored.shape.join(', ')}]`);
}

const onNumbers: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Max: Math.max,
  Min: Math.min,
  Pow: (a, b) => a ** b,
};

/** Works an operation on two stored lists out, as shapes are computed; one of them may be a single number. */
function onLists(op: string, importer: GraphImporter, node: GraphNode): boolean {
  if (node.inputs.length !== 2 || !node.inputs.every((name) => importer.constants.has(name))) return false;
  const [a, b] = [importer.list(node, 0), importer.list(node, 1)] as const;
  const of = onNumbers[op];
  if (of === undefined || (a.length !== b.length && a.length !== 1 && b.length !== 1)) return false;
  const size = Math.max(a.length, b.length);
  const values = Array.from({ length: size }, (_, i) =>
    of(a[a.length === 1 ? 0 : i] ?? NaN, b[b.length === 1 ? 0 : i] ?? NaN),
  );
  const longer = a.length >= b.length ? 0 : 1;
  importer.setList(node, values, importer.constants.get(node.inputs[longer] ?? '')?.shape);
  return true;
}

function binary(op: string): GraphReader {
  return (importer, node) => {
    if (onLists(op, importer, node)) return;
    const [first = '', second = ''] = node.inputs;
    const [a, b] = [importer.values.get(first), importer.values.get(second)];
    if (a !== undefined && b !== undefined) {
      if (a.shape.length !== b.shape.length) throw importer.fail(node, 'combines values of different rank');
      importer.add(node, op, [a, b]);
      return;
    }
    const value = importer.value(node, a === undefined ? 1 : 0);
    const index = a === undefined ? 0 : 1;
    const tensor = storedBeside(importer, node, index, value.shape.length);
    const units = value.shape.length === 4 ? value.shape[1] : value.shape.at(-1);
    const source = importer.net.nodes.find((made) => made.outputs[0] === value.name);
    // Older programs write a layer's bias as an addition of its own: it is put back, so that it trains as one.
    const joins =
      op === 'Add' &&
      (source?.op === 'Conv2D' || source?.op === 'Dense') &&
      source.params['bias'] === undefined &&
      tensor.data.length === units &&
      importer.readers(value.name) === 1;
    if (joins && source !== undefined) {
      const bias = importer.param(node, index, 'bias', withShape(tensor, [units ?? 0]));
      importer.replace(source, { ...source, params: { ...source.params, bias } }, node);
      return;
    }
    const params = { constant: importer.param(node, index, 'constant', tensor) };
    importer.add(node, op, [value], { constantFirst: index === 0 }, params);
  };
}

/** A sum of any number of values, as a chain of sums of two. */
function addN(importer: GraphImporter, node: GraphNode): void {
  const [first, ...others] = node.inputs.map((_, i) => importer.value(node, i));
  if (first === undefined) throw importer.fail(node, 'has no inputs');
  if (others.some(({ shape }) => shape.join() !== first.shape.join())) {
    throw importer.fail(node, 'adds values of different shapes');
  }
  const sum = others.reduce(
    (total, value, i) =>
      importer.add(node, 'Add', [total, value], {}, {}, i < others.length - 1 ? `part${i + 1}` : undefined),
    first,
  );
  importer.values.set(node.name, sum);
}

/** (a - b)^2. */
function squaredDifference(importer: GraphImporter, node: GraphNode): void {
  binary('Sub')(importer, { ...node, name: `${node.name}/difference` });
  const difference = importer.values.get(`${node.name}/difference`);
  if (difference === undefined) throw importer.fail(node, 'works on stored numbers alone');
  importer.add(node, 'Mul', [difference, difference]);
}

export const arithmetic: Readonly<Record<string, GraphReader>> = {
  Add: binary('Add'),
  AddV2: binary('Add'),
  AddN: addN,
  BiasAdd: binary('Add'),
  Sub: binary('Sub'),
  Mul: binary('Mul'),
  RealDiv: binary('Div'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Pow: binary('Pow'),
  SquaredDifference: squaredDifference,
  Square(importer, node) {
    const value = importer.value(node);
    importer.add(node, 'Mul', [value, value]);
  },
  Rsqrt(importer, node) {
    const root = importer.add(node, 'Sqrt', [importer.value(node)], {}, {}, 'root');
    importer.add(node, 'Reciprocal', [root]);
  },
};
