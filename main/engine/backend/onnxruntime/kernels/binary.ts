import type { Graph, Value } from '../graph.ts';
import { broadcast, broadcastShape, elementwise, plain, type View } from '../layout.ts';
import { defineKernels, type KernelCall, type KernelRule } from '../record.ts';

/** Functions of two or three tensors, element by element, with numpy's broadcasting. */

function pair({ inputs: { a, b } }: KernelCall): [View, View] | undefined {
  // Where the types differ tfjs has already cast them, or means something of its own.
  if (a === undefined || b === undefined || a.value.type !== b.value.type) return undefined;
  return [a, b];
}

function arithmetic(op: string, types: readonly Value['type'][] = ['float32', 'int32']): KernelRule {
  return (call) => {
    const operands = pair(call);
    if (operands === undefined || !types.includes(operands[0].value.type)) return undefined;
    return elementwise(call.g, op, operands, operands[0].value.type);
  };
}

function comparison(op: string, types: readonly Value['type'][] = ['float32', 'int32']): KernelRule {
  return (call) => {
    const operands = pair(call);
    if (operands === undefined || !types.includes(operands[0].value.type)) return undefined;
    return elementwise(call.g, op, operands, 'bool');
  };
}

const equal = comparison('Equal', ['float32', 'int32', 'bool']);

/** a * b, where multiplying by a view of nothing but ones only broadcasts: tfjs's gradients of sums do that. */
function multiply(call: KernelCall): View | undefined {
  const operands = pair(call);
  if (operands === undefined) return undefined;
  const [a, b] = operands;
  if (a.value.type !== 'float32' && a.value.type !== 'int32') return undefined;
  if (isOnes(b)) return repeated(call.g, a, b);
  if (isOnes(a)) return repeated(call.g, b, a);
  return elementwise(call.g, 'Mul', operands, a.value.type);
}

function isOnes(view: View): boolean {
  const { kind, size, data } = view.value;
  return kind === 'constant' && size === 1 && data?.[0] === 1;
}

function repeated(g: Graph, view: View, other: View): View {
  return broadcast(g, view, broadcastShape([view.shape, other.shape]));
}

function squaredDifference(call: KernelCall): View | undefined {
  const operands = pair(call);
  if (operands === undefined || operands[0].value.type === 'bool') return undefined;
  const difference = elementwise(call.g, 'Sub', operands, operands[0].value.type);
  return elementwise(call.g, 'Mul', [difference, difference], difference.value.type);
}

function select({ g, inputs: { condition, t, e } }: KernelCall): View | undefined {
  if (condition === undefined || t === undefined || e === undefined) return undefined;
  if (t.value.type !== e.value.type || condition.value.type !== 'bool') return undefined;
  // tf.where has broadcast all three; the kernel's own rule for a 1-D condition picks whole rows.
  if (condition.shape.length !== t.shape.length) return undefined;
  return elementwise(g, 'Where', [condition, t, e], t.value.type);
}

function addN({ g, list }: KernelCall): View | undefined {
  const [head] = list;
  if (head === undefined || list.some((view) => view.value.type !== head.value.type)) return undefined;
  if (head.value.type === 'bool') return undefined;
  return list.slice(1).reduce((sum, view) => elementwise(g, 'Add', [sum, view], head.value.type), head);
}

/** PReLU: x where x >= 0, else alpha * x. */
function prelu({ g, inputs: { x, alpha } }: KernelCall): View | undefined {
  if (x?.value.type !== 'float32' || alpha?.value.type !== 'float32') return undefined;
  const negative = elementwise(g, 'Less', [x, plain(g.scalar(0))], 'bool');
  return elementwise(g, 'Where', [negative, elementwise(g, 'Mul', [x, alpha], 'float32'), x], 'float32');
}

defineKernels({
  Add: arithmetic('Add'),
  Sub: arithmetic('Sub'),
  Multiply: multiply,
  RealDiv: arithmetic('Div', ['float32']),
  Maximum: arithmetic('Max'),
  Minimum: arithmetic('Min'),
  Pow: arithmetic('Pow', ['float32']),
  SquaredDifference: squaredDifference,
  Equal: equal,
  NotEqual: (call) => {
    const same = equal(call) as View | undefined;
    return same && elementwise(call.g, 'Not', [same], 'bool');
  },
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  LogicalAnd: comparison('And', ['bool']),
  LogicalOr: comparison('Or', ['bool']),
  Select: select,
  AddN: addN,
  Prelu: prelu,
});
