import type { Network, Node } from '../../network/graph.ts';
import { numberAttr } from '../../network/node-reading.ts';

const always = ['Relu', 'Sigmoid', 'HardSigmoid', 'Softmax', 'Softplus', 'Exp', 'Abs', 'Sqrt'];
/** Not negative where no input is. */
const keeps = [
  ...[
    'MaxPool',
    'AvgPool',
    'GlobalAvgPool',
    'Identity',
    'Dropout',
    'Concat',
    'Slice',
    'Transpose',
    'Reshape',
  ],
  ...['Flatten', 'ReduceMean', 'ReduceMax', 'ReduceSum', 'Resize', 'Split'],
];

/** The values of the network that are never negative, as far as its layers' types tell. Zeros beside them never win a maximum. */
export function nonNegativeValues({ nodes }: Pick<Network, 'nodes'>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const node of nodes) if (isNonNegative(node, found)) for (const name of node.outputs) found.add(name);
  return found;
}

function isNonNegative(node: Node, found: ReadonlySet<string>): boolean {
  if (always.includes(node.op)) return true;
  if (node.op === 'Clip') return numberAttr(node, 'min', -Infinity) >= 0;
  const inputs = node.inputs.every((name) => found.has(name));
  if (node.op === 'Pad') return inputs && numberAttr(node, 'value', 0) >= 0;
  if (node.op === 'Add' || node.op === 'Mul') return inputs && node.params['constant'] === undefined;
  return inputs && keeps.includes(node.op);
}
