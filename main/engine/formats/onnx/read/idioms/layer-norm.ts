import type { Node } from '../../../../network/graph.ts';
import { sizeOf } from '../../../../network/graph.ts';
import type { IdiomGraph } from './graph.ts';

/**
 * Finds layer normalisation that is written out: (x - mean) / sqrt(variance + epsilon) * scale + shift over the last axes.
 * As one layer, its scale and shift train, and it is written back as one.
 */
export function recogniseLayerNorms(graph: IdiomGraph, nodes: readonly Node[]): void {
  for (const node of nodes) {
    if (node.op === 'Mul' && !graph.isGone(node)) recogniseAt(graph, node);
  }
}

/** What is found of one, going up from the product with its scale. */
interface Found {
  readonly input: string;
  readonly axes: readonly number[];
  readonly epsilon: number;
  readonly nodes: readonly Node[];
}

function recogniseAt(graph: IdiomGraph, scale: Node): void {
  const values = graph.constantOf(scale);
  const found = normalised(graph, graph.maker(scale.inputs[0]));
  if (values === undefined || found === undefined) return;
  const shape = graph.shapes.get(found.input) ?? [];
  const first = Math.min(...found.axes);
  const whole = shape.slice(first);
  if (first < 1 || found.axes.length !== whole.length || values.length !== sizeOf(whole)) return;
  const add = graph.soleReader(scale);
  const shifted = add?.op === 'Add' && graph.constantOf(add)?.length === values.length ? add : undefined;
  const last = shifted ?? scale;
  const all = new Set([...found.nodes, scale, last]);
  if (![...all].every((node) => node === last || graph.onlyReadBy(node, all))) return;
  const name = scale.params['constant'] ?? '';
  const shift = shifted?.params['constant'];
  if (!graph.giveRole(name, 'scale', whole)) return;
  if (shift !== undefined && !graph.giveRole(shift, 'shift', whole)) return;
  graph.replace(all, last, {
    ...last,
    op: 'LayerNorm',
    inputs: [found.input],
    params: { scale: name, ...(shift !== undefined && { shift }) },
    attrs: { axis: first - shape.length, epsilon: found.epsilon },
  });
}

/** (x - mean) / sqrt(variance + epsilon), or times its reciprocal. */
function normalised(graph: IdiomGraph, node: Node | undefined): Found | undefined {
  const [left, right] = node?.inputs ?? [];
  if (node === undefined || right === undefined || (node.op !== 'Div' && node.op !== 'Mul')) return undefined;
  const centred = centredBy(graph, graph.maker(left));
  const inverse = node.op === 'Mul' ? graph.maker(right) : undefined;
  if (centred === undefined || (node.op === 'Mul' && inverse?.op !== 'Reciprocal')) return undefined;
  const root = graph.maker(inverse === undefined ? right : inverse.inputs[0]);
  const sum = graph.maker(root?.inputs[0]);
  const epsilon = sum === undefined ? undefined : graph.scalarOf(sum);
  const variance = graph.maker(sum?.inputs[0]);
  const square = graph.maker(variance?.inputs[0]);
  if (root?.op !== 'Sqrt' || sum?.op !== 'Add' || epsilon === undefined) return undefined;
  if (variance?.op !== 'ReduceMean' || square === undefined || !isSquare(graph, square)) return undefined;
  // The difference may be written once or twice.
  const again = centredBy(graph, graph.maker(square.inputs[0]));
  const axes = axesOf(graph, variance);
  if (again?.input !== centred.input || axes.join() !== centred.axes.join()) return undefined;
  const more = [node, root, sum, variance, square, ...(inverse === undefined ? [] : [inverse])];
  return { ...centred, epsilon, nodes: [...centred.nodes, ...again.nodes, ...more] };
}

function isSquare(graph: IdiomGraph, node: Node): boolean {
  if (node.op === 'Pow') return graph.scalarOf(node) === 2 && node.attrs['constantFirst'] !== true;
  return node.op === 'Mul' && node.inputs.length === 2 && node.inputs[0] === node.inputs[1];
}

/** x - mean(x). */
function centredBy(graph: IdiomGraph, node: Node | undefined): Omit<Found, 'epsilon'> | undefined {
  const [input, average] = node?.inputs ?? [];
  const mean = graph.maker(average);
  if (node?.op !== 'Sub' || input === undefined || mean?.op !== 'ReduceMean') return undefined;
  if (mean.inputs[0] !== input || mean.attrs['keepdims'] === false) return undefined;
  return { input, axes: axesOf(graph, mean), nodes: [node, mean] };
}

function axesOf(graph: IdiomGraph, node: Node): number[] {
  const rank = graph.shapes.get(node.inputs[0] ?? '')?.length ?? 0;
  const axes = node.attrs['axes'];
  const listed = Array.isArray(axes) ? (axes as readonly number[]) : [];
  return listed.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
}
