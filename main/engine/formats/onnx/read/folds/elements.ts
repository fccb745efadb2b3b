import { BATCH, type Constant, elementsOf } from '../constant.ts';
import { intAttr } from '../attributes.ts';
import {
  broadcastPlaces,
  broadcastShape,
  type Fold,
  type Folds,
  hasUnknown,
  like,
  MAX_MADE,
} from './common.ts';

/** Which inputs an operator on two numbers understands when one of them is the batch's size, which is unknown. */
type Unknowns = 'never' | 'products' | 'equality' | 'zero';

interface Binary {
  readonly of: (a: number, b: number, integer: boolean) => number;
  readonly unknowns?: Unknowns;
  /** The result is a truth value, whatever the inputs are. */
  readonly truth?: boolean;
}

/** An operator on two constants, element by element, with NumPy's broadcasting. */
function binary({ of, unknowns = 'never', truth = false }: Binary): Fold {
  return ([a, b]) => {
    if (a === undefined || b === undefined || a.kind !== b.kind) return undefined;
    const shape = broadcastShape(a.shape, b.shape);
    if (shape === undefined || elementsOf(shape) > MAX_MADE || !known(a, b, unknowns)) return undefined;
    const [left, right] = [broadcastPlaces(a.shape, shape), broadcastPlaces(b.shape, shape)];
    const integer = a.kind === 'integer';
    const values = Array.from(left, (from, i) =>
      of(a.data[from] ?? NaN, b.data[right[i] ?? 0] ?? NaN, integer),
    );
    return truth ? { kind: 'integer', shape, data: Float64Array.from(values) } : like(a, shape, values);
  };
}

/** Multiples of the batch's size stay such in products; a sum or a comparison with it has no known result. */
function known(a: Constant, b: Constant, unknowns: Unknowns): boolean {
  if (unknowns === 'products' || unknowns === 'equality') return !(hasUnknown(a) && hasUnknown(b));
  if (!hasUnknown(a) && !hasUnknown(b)) return true;
  return unknowns === 'zero' && [a, b].some((x) => x.data.every((value) => value === 0));
}

/** A function of one number; not of the batch's size, which is unknown. */
function each(of: (a: number) => number): Fold {
  return ([x]) => (x === undefined || hasUnknown(x) ? undefined : like(x, x.shape, x.data.map(of)));
}

/** An operator on any number of constants, two at a time. */
function chain(fold: Fold): Fold {
  return (inputs, node) =>
    inputs.reduce<Constant | undefined>((sum, x, i) => {
      if (i === 0) return x;
      return sum === undefined || x === undefined
        ? undefined
        : (fold([sum, x], node) as Constant | undefined);
    }, undefined);
}

const truth = (of: (a: number, b: number) => boolean, unknowns?: Unknowns): Fold =>
  binary({ of: (a, b) => Number(of(a, b)), truth: true, unknowns });

/** TensorProto.DataType numbers that become our floats and integers. */
const FLOATS = [1, 10, 11, 16];
const INTEGERS = [2, 3, 4, 5, 6, 7, 12, 13];
const BOOLEAN = 9;

function cast(x: Constant, to: number): Constant | undefined {
  const { shape } = x;
  if (FLOATS.includes(to)) {
    // The batch's size must not turn into a float and pass for a number.
    return hasUnknown(x) ? undefined : { kind: 'float', shape, data: Float32Array.from(x.data) };
  }
  if (INTEGERS.includes(to)) return { kind: 'integer', shape, data: Float64Array.from(x.data, Math.trunc) };
  return to === BOOLEAN
    ? { kind: 'integer', shape, data: Float64Array.from(x.data, (value) => Number(value !== 0)) }
    : undefined;
}

/** Arithmetic, comparisons and functions of single numbers. */
export const elementFolds: Folds = {
  Identity: ([x]) => x,
  Dropout: ([x]) => x,
  Cast: ([x], node) => x && cast(x, intAttr(node, 'to', 0)),
  CastLike: ([x, y]) => x && y && cast(x, y.kind === 'float' ? 1 : 7),

  Where([condition, a, b]) {
    if (condition === undefined || a === undefined || b === undefined || a.kind !== b.kind) return undefined;
    const inner = broadcastShape(a.shape, b.shape);
    const shape = inner && broadcastShape(condition.shape, inner);
    if (shape === undefined || elementsOf(shape) > MAX_MADE) return undefined;
    const [which, yes, no] = [condition, a, b].map((x) => broadcastPlaces(x.shape, shape));
    const values = Array.from(which ?? [], (from, i) =>
      condition.data[from] === 0 ? b.data[no?.[i] ?? 0] : a.data[yes?.[i] ?? 0],
    );
    return like(
      a,
      shape,
      values.map((value) => value ?? NaN),
    );
  },

  Sqrt: each(Math.sqrt),
  Exp: each(Math.exp),
  Log: each(Math.log),
  Neg: each((a) => -a),
  Abs: each(Math.abs),
  Floor: each(Math.floor),
  Ceil: each(Math.ceil),
  Round: each((a) => (Math.abs(a % 1) === 0.5 ? 2 * Math.round(a / 2) : Math.round(a))),
  Sign: each(Math.sign),
  Sin: each(Math.sin),
  Cos: each(Math.cos),
  Tanh: each(Math.tanh),
  Sigmoid: each((a) => 1 / (1 + Math.exp(-a))),
  Relu: each((a) => Math.max(0, a)),
  Reciprocal: each((a) => 1 / a),
  Not: each((a) => Number(a === 0)),
  Softplus: each((a) => Math.log1p(Math.exp(-Math.abs(a))) + Math.max(a, 0)),

  Pow: ([a, b], node) =>
    b && binary({ of: (x, y) => x ** y })([a, a?.kind === 'float' ? cast(b, 1) : b], node),
  Max: chain(binary({ of: (a, b) => Math.max(a, b) })),
  Min: chain(binary({ of: (a, b) => Math.min(a, b) })),
  Mod: binary({ of: (a, b, integer) => (integer ? a - Math.floor(a / b) * b : a % b) }),
  Add: binary({ of: (a, b) => a + b, unknowns: 'zero' }),
  Sub: binary({ of: (a, b) => a - b, unknowns: 'zero' }),
  Mul: binary({ of: (a, b) => a * b, unknowns: 'products' }),
  Div: (inputs, node) =>
    inputs[1] && hasUnknown(inputs[1])
      ? undefined
      : binary({ of: (a, b, integer) => (integer ? Math.trunc(a / b) : a / b), unknowns: 'products' })(
          inputs,
          node,
        ),

  Equal: truth((a, b) => a === b, 'equality'),
  Less: truth((a, b) => a < b),
  LessOrEqual: truth((a, b) => a <= b),
  Greater: truth((a, b) => a > b),
  GreaterOrEqual: truth((a, b) => a >= b),
  And: truth((a, b) => a !== 0 && b !== 0),
  Or: truth((a, b) => a !== 0 || b !== 0),
  Xor: truth((a, b) => (a !== 0) !== (b !== 0)),

  /** Limits come as inputs since opset 11. */
  Clip([x, low, high]) {
    if (x === undefined || hasUnknown(x)) return undefined;
    const [min, max] = [low?.data[0] ?? -Infinity, high?.data[0] ?? Infinity];
    return like(
      x,
      x.shape,
      x.data.map((value) => Math.min(Math.max(value, min), max)),
    );
  },

  /** Stored weights in eight bits, with one scale or one for each entry of an axis. */
  DequantizeLinear([x, scale, zero], node) {
    if (x?.kind !== 'integer' || scale?.kind !== 'float' || x.data.includes(BATCH)) return undefined;
    const axis = intAttr(node, 'axis', 1);
    const own = scale.data.length === 1 ? 0 : axis < 0 ? axis + x.shape.length : axis;
    const size = scale.data.length === 1 ? 1 : (x.shape[own] ?? 0);
    const inner = elementsOf(x.shape.slice(own + 1));
    if (scale.data.length !== size || (zero && zero.data.length !== size)) return undefined;
    const data = new Float32Array(x.data.length);
    x.data.forEach((value, i) => {
      const place = size === 1 ? 0 : Math.floor(i / inner) % size;
      data[i] = (value - (zero?.data[place] ?? 0)) * (scale.data[place] ?? NaN);
    });
    return { kind: 'float', shape: x.shape, data };
  },
};
