import { flagAttr } from '../../../network/node-reading.ts';
import type { BinaryName, Vec } from '../kernel.ts';
import { binary, constant, unary } from '../kernel.ts';
import type { Operand } from '../kernels/walk.ts';
import { walk } from '../kernels/walk.ts';
import { compactStrides } from '../value.ts';
import type { Lowering } from './lowering.ts';
import { at } from './lowering.ts';
import { tieAll } from './pointwise.ts';

/** Strides of an operand along the axes of a result, by NumPy's broadcasting. */
export function broadcastStrides(
  { shape, strides }: { readonly shape: readonly number[]; readonly strides: readonly number[] },
  dims: readonly number[],
): number[] {
  const missing = dims.length - shape.length;
  return dims.map((_, axis) =>
    axis < missing || shape[axis - missing] === 1 ? 0 : (strides[axis - missing] ?? 0),
  );
}

function arithmetic(f: BinaryName): Lowering {
  return {
    grids: tieAll,
    lower(context, node) {
      const to = context.value(node.outputs[0] ?? '');
      const values = node.inputs.map((name) => context.value(name));
      const given = context.param(node, 'constant');
      // The shapes of constants do not count the batch unless they have it as an axis of 1.
      const trimmed =
        given === undefined
          ? undefined
          : given.shape.slice(Math.max(0, given.shape.length - to.shape.length));
      const operands = values.map((value, i): Operand => ({
        name: `x${i}`,
        kind: 'read',
        strides: broadcastStrides(value, to.shape),
      }));
      const args = values.map((value) => at(value));
      if (given !== undefined && trimmed !== undefined) {
        const shape = { shape: trimmed, strides: compactStrides(trimmed) };
        const constant: Operand = { name: 'k', kind: 'floats', strides: broadcastStrides(shape, to.shape) };
        const arg = context.floats(given.data);
        const first = flagAttr(node, 'constantFirst', false);
        operands[first ? 'unshift' : 'push'](constant);
        args[first ? 'unshift' : 'push'](arg);
      }
      const exponent = f === 'pow' && given?.data.length === 1 && !flagAttr(node, 'constantFirst', false);
      const power = exponent ? given?.data[0] : undefined;
      const kernel = walk({
        what: power === undefined ? f : `${f}_${power}`,
        dims: to.shape,
        strides: to.strides,
        operands,
        term: (a = constant(0), b = constant(0)) =>
          power === undefined ? binary(f, a, b) : raised(a, b, power),
      });
      context.call(node, kernel, [at(to), ...args]);
    },
  };
}

/** Powers that need no logarithm. */
function raised(a: Vec, b: Vec, power: number): Vec {
  if (power === 2) return binary('mul', a, a);
  if (power === 0.5) return unary('sqrt', a);
  return power === 1 ? a : binary('pow', a, b);
}

export const arithmetics: Readonly<Record<string, Lowering>> = {
  Add: arithmetic('add'),
  Sub: arithmetic('sub'),
  Mul: arithmetic('mul'),
  Div: arithmetic('div'),
  Max: arithmetic('max'),
  Min: arithmetic('min'),
  Pow: arithmetic('pow'),
};
