import type { Node } from '../../../../network/graph.ts';

/** erf by a series of positive terms, exact to double precision where it is used here. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 200; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0);
const number = (node: Node, name: string, fallback: number): number => {
  const value = node.attrs[name];
  return typeof value === 'number' ? value : fallback;
};
const clip = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

/** Layers that are functions of one number. */
export const unary: Readonly<Record<string, (x: number, node: Node) => number>> = {
  Identity: (x) => x,
  Neg: (x) => -x,
  Exp: Math.exp,
  Log: Math.log,
  Sqrt: Math.sqrt,
  Abs: Math.abs,
  Reciprocal: (x) => 1 / x,
  Sigmoid: sigmoid,
  Tanh: Math.tanh,
  Erf: erf,
  Relu: (x) => Math.max(0, x),
  Softplus: softplus,
  Clip: (x, node) => clip(x, number(node, 'min', -Infinity), number(node, 'max', Infinity)),
  HardSigmoid: (x, node) => clip(number(node, 'alpha', 0.2) * x + number(node, 'beta', 0.5), 0, 1),
};

/** Layers that are functions of two numbers, either of which may be stored. */
export const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  Max: Math.max,
  Min: Math.min,
};

interface Known {
  readonly op: string;
  readonly attrs: Node['attrs'];
  readonly of: (x: number) => number;
}

/** Activation functions that other programs write out in simpler ones. */
export const known: readonly Known[] = [
  { op: 'Gelu', attrs: {}, of: (x) => (x / 2) * (1 + erf(x * Math.SQRT1_2)) },
  {
    op: 'Gelu',
    attrs: { approximate: 'tanh' },
    of: (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  },
  { op: 'Silu', attrs: {}, of: (x) => x * sigmoid(x) },
  { op: 'HardSwish', attrs: {}, of: (x) => x * clip(x / 6 + 0.5, 0, 1) },
  { op: 'HardSigmoid', attrs: { alpha: 1 / 6, beta: 0.5 }, of: (x) => clip(x / 6 + 0.5, 0, 1) },
  { op: 'Mish', attrs: {}, of: (x) => x * Math.tanh(softplus(x)) },
  { op: 'Softsign', attrs: {}, of: (x) => x / (1 + Math.abs(x)) },
];
