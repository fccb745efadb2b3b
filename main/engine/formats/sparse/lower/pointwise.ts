import type { Node } from '../../../network/graph.ts';
import { numberAttr, onlyInput } from '../../../network/node-reading.ts';
import type { Vec } from '../kernel.ts';
import { binary, constant, fma, unary } from '../kernel.ts';
import { walk } from '../kernels/walk.ts';
import type { GridRule } from '../grids.ts';
import type { Lowering } from './lowering.ts';
import { at } from './lowering.ts';

const add = (a: Vec, b: Vec | number) => binary('add', a, typeof b === 'number' ? constant(b) : b);
const mul = (a: Vec, b: Vec | number) => binary('mul', a, typeof b === 'number' ? constant(b) : b);
const div = (a: Vec | number, b: Vec) => binary('div', typeof a === 'number' ? constant(a) : a, b);
const above = (x: Vec, least: number) => (least === -Infinity ? x : binary('max', x, constant(least)));
const below = (x: Vec, most: number) => (most === Infinity ? x : binary('min', x, constant(most)));
const exp = (x: Vec) => unary('exp', x);

const sigmoid = (x: Vec) => div(1, add(exp(unary('neg', x)), 1));
/** log(1 + e^x) without overflow. */
const softplus = (x: Vec) => add(above(x, 0), unary('log', add(exp(unary('neg', unary('abs', x))), 1)));
const negativeExp = (x: Vec) => add(exp(below(x, 0)), -1);

const GELU_CUBIC = 0.044715;
const ROOT_2_OVER_PI = Math.sqrt(2 / Math.PI);
const gelu = (x: Vec, tanh: boolean): Vec => {
  const phi = tanh
    ? unary('tanh', mul(mul(x, fma(mul(x, x), constant(GELU_CUBIC), constant(1))), ROOT_2_OVER_PI))
    : unary('erf', mul(x, Math.SQRT1_2));
  return mul(mul(x, 0.5), add(phi, 1));
};

/** Functions of one number by layer type, as the layers' own records define them. */
const FUNCTIONS: Readonly<Record<string, (x: Vec, node: Node) => Vec>> = {
  Abs: (x) => unary('abs', x),
  Clip: (x, node) => below(above(x, numberAttr(node, 'min', -Infinity)), numberAttr(node, 'max', Infinity)),
  Elu: (x, node) => add(above(x, 0), mul(negativeExp(x), numberAttr(node, 'alpha', 1))),
  Erf: (x) => unary('erf', x),
  Exp: exp,
  Gelu: (x, node) => gelu(x, node.attrs['approximate'] === 'tanh'),
  HardSigmoid: (x, node) =>
    below(above(add(mul(x, numberAttr(node, 'alpha', 0.2)), numberAttr(node, 'beta', 0.5)), 0), 1),
  HardSwish: (x) => mul(x, below(above(add(mul(x, 1 / 6), 0.5), 0), 1)),
  LeakyRelu: (x, node) => add(above(x, 0), mul(below(x, 0), numberAttr(node, 'alpha', 0.01))),
  Log: (x) => unary('log', x),
  Mish: (x) => mul(x, unary('tanh', softplus(x))),
  Neg: (x) => unary('neg', x),
  Reciprocal: (x) => div(1, x),
  Relu: (x) => above(x, 0),
  Selu(x, node) {
    const alpha = numberAttr(node, 'alpha', 1.6732632423543772);
    return mul(add(above(x, 0), mul(negativeExp(x), alpha)), numberAttr(node, 'gamma', 1.0507009873554805));
  },
  Sigmoid: sigmoid,
  Silu: (x) => mul(x, sigmoid(x)),
  Softplus: softplus,
  Softsign: (x) => div(x, add(unary('abs', x), 1)),
  Sqrt: (x) => unary('sqrt', x),
  Tanh: (x) => unary('tanh', x),
};

function pointwise(name: string, apply: (x: Vec, node: Node) => Vec): Lowering {
  const settings = ({ attrs }: Node) =>
    Object.entries(attrs).map(([attr, value]) => `_${attr}_${String(value)}`);
  const of = (node: Node) => ({
    key: `${name}${settings(node).join('')}`,
    apply: (x: Vec) => apply(x, node),
  });
  return {
    pointwise: of,
    grids: tieAll,
    lower(context, node) {
      const [from, to] = [context.value(onlyInput(node, node.inputs)), context.value(node.outputs[0] ?? '')];
      const { key, apply } = of(node);
      const kernel = walk({
        what: key,
        dims: to.shape,
        strides: to.strides,
        operands: [{ name: 'x', kind: 'read', strides: from.strides }],
        term: (x = constant(0)) => apply(x),
      });
      context.call(node, kernel, [at(to), at(from)]);
    },
  };
}

/** Images of the same shape lie alike. */
export const tieAll: GridRule = (grids, { inputs, outputs }) => {
  const [output = ''] = outputs;
  const shape = grids.shape(output).join();
  if (grids.shape(output).length !== 4) return;
  for (const name of inputs) if (grids.shape(name).join() === shape) grids.tie(name, output);
};

export const functions: Readonly<Record<string, Lowering>> = Object.fromEntries(
  Object.entries(FUNCTIONS).map(([name, apply]) => [name, pointwise(name, apply)]),
);
