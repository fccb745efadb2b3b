import type { AttrValue, Network, Node } from '../../../main/engine/network/graph.ts';
import { inferShapes } from '../../../main/engine/network/shape.ts';

type Attrs = Readonly<Record<string, AttrValue>>;

const window: Attrs = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] };
/** What an attribute means that is left out. */
const defaults: Readonly<Record<string, Attrs>> = {
  Conv2D: { ...window, group: 1 },
  ConvTranspose2D: { ...window, outputPadding: [0, 0], group: 1 },
  MaxPool: window,
  AvgPool: { ...window, countIncludePad: false },
  BatchNorm: { epsilon: 1e-5, momentum: 0.1 },
  LayerNorm: { axis: -1, epsilon: 1e-5 },
  Softmax: { axis: -1 },
  LogSoftmax: { axis: -1 },
  Concat: { axis: 1 },
  LeakyRelu: { alpha: 0.01 },
  Elu: { alpha: 1 },
  Gelu: { approximate: 'none' },
  Dropout: { rate: 0.5 },
  ...Object.fromEntries(
    ['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min'].map((op) => [op, { constantFirst: false }]),
  ),
};

/** Files keep some numbers in single precision, and some what is left of 1. */
const rounded = (value: AttrValue): AttrValue =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;

const list = (value: AttrValue | undefined): readonly number[] => (typeof value === 'object' ? value : []);

/** For each axis that is cut, from where to where; other axes do not matter. */
function cuts(node: Node, shape: readonly number[]): Record<string, AttrValue> {
  const starts = list(node.attrs['starts']);
  const axes = list(node.attrs['axes'] ?? [...starts.keys()]);
  const place = (value: number, size: number) =>
    Math.min(Math.max(value < 0 ? value + size : value, 0), size);
  const ranges = starts.map((start, i): [axis: number, range: number[]] => {
    const axis = ((axes[i] ?? 0) + shape.length) % shape.length;
    const size = shape[axis] ?? 0;
    const step = list(node.attrs['steps'])[i] ?? 1;
    const from = place(start, size);
    return [axis, [from, Math.ceil((place(list(node.attrs['ends'])[i] ?? 0, size) - from) / step), step]];
  });
  const real = ranges.filter(
    ([axis, [from, count, step]]) => from !== 0 || step !== 1 || count !== shape[axis],
  );
  return Object.fromEntries(real.sort(([a], [b]) => a - b).map(([axis, range]) => [`axis${axis}`, range]));
}

function attrsOf(node: Node, shape: readonly number[]): Record<string, AttrValue> {
  const { length: rank } = shape;
  if (node.op === 'Slice') return cuts(node, shape);
  const attrs: Record<string, AttrValue> = { ...defaults[node.op], ...node.attrs };
  const { axis, pads } = attrs;
  if (typeof axis === 'number' && axis < 0) attrs['axis'] = axis + rank;
  if (node.op === 'AvgPool' && String(pads) === '0,0,0,0') attrs['countIncludePad'] = false;
  const known = Object.entries(attrs).map(([name, value]) => [name, rounded(value)] as const);
  return Object.fromEntries(known.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The nodes in an order that follows from the graph alone: each after those it reads, as a walk from the outputs is done with them. */
function inOrder({ nodes, outputs }: Network): Node[] {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const done = new Set<Node>();
  const visit = (name: string): void => {
    const node = makers.get(name);
    if (node === undefined || done.has(node)) return;
    node.inputs.forEach(visit);
    done.add(node);
  };
  outputs.forEach(visit);
  return [...done];
}

/**
 * A network without its names and with all defaults filled in: two that are the same graph look the same, line by line.
 * @param without layer types that are passed over
 */
export function canonical(network: Network, without: readonly string[] = []): string[] {
  const shapes = inferShapes(network, 1);
  const numbers = new Map<string, string>();
  network.inputs.forEach(({ name, shape }, i) => numbers.set(name, `input${i}[${shape.join()}]`));
  const lines: string[] = [];
  for (const node of inOrder(network)) {
    const inputs = node.inputs.map((name) => numbers.get(name) ?? '?');
    // A border of nothing is nothing.
    const idle = node.op === 'Pad' && list(node.attrs['pads']).every((count) => count === 0);
    if (without.includes(node.op) || idle) {
      node.outputs.forEach((name) => numbers.set(name, inputs[0] ?? '?'));
      continue;
    }
    node.outputs.forEach((name, i) => numbers.set(name, `${lines.length}.${i}`));
    const params = Object.entries(node.params)
      .map(([role, name]) => `${role}:${network.params[name]?.role}[${network.params[name]?.shape.join()}]`)
      .sort();
    const attrs = JSON.stringify(attrsOf(node, shapes.get(node.inputs[0] ?? '') ?? []));
    const flat = node.op === 'Reshape' && shapes.get(node.outputs[0] ?? '')?.length === 2;
    const what = flat ? `Flatten(${inputs.join()}) {}` : `${node.op}(${inputs.join()}) ${attrs}`;
    lines.push(`${what} ${params.join(' ')}`);
  }
  return [...lines, `outputs ${network.outputs.map((name) => numbers.get(name) ?? '?').join(', ')}`];
}
