import type { Kernel, Param, Statement, Vec } from '../kernel.ts';
import { assign, constant, LANES, load, loop, set, splat, store, sum, value } from '../kernel.ts';

/** Lanes of the widest part of a row; the rest of it goes by four and one by one. */
const WIDE = 16;

export interface Operand {
  readonly name: string;
  readonly kind: 'read' | 'floats';
  /** How far apart neighbours lie, for each of `dims`; 0 where they are the same. */
  readonly strides: readonly number[];
  /** The same for each of the fold's; left out where all its terms read the same. */
  readonly over?: readonly number[];
}

export interface WalkOptions {
  /** Says what `term` and `last` compute. */
  readonly what: string;
  /** Shape of the result. */
  readonly dims: readonly number[];
  /** How far apart neighbours of the result lie, for each of `dims`. */
  readonly strides: readonly number[];
  readonly operands: readonly Operand[];
  /** One number of the result from the operands in their order; where terms are folded, from what they come to first. */
  readonly term: (...operands: Vec[]) => Vec;
  /** What is folded for one number of the result. */
  readonly fold?: {
    readonly dims: readonly number[];
    readonly from: number;
    /** Takes another term in. */
    readonly take: (so: Vec, ...operands: Vec[]) => Vec;
  };
}

/**
 * Loops over everything that is no matter of sparsity: each number of the result from those of the operands that lie at the same
 * indices, or folded over some. Lanes run over the axis along which the result is contiguous. Nothing beyond the result is written.
 *
 * Parameters: y, and the operands by their names.
 */
export function walk(options: WalkOptions): Kernel {
  const { what, dims, strides, operands, fold } = joined(options);
  const params: Param[] = [
    { name: 'y', kind: 'write' },
    ...operands.map(({ name, kind }) => ({ name, kind })),
  ];
  const place = (i: number) => (i < 0 ? 'at' : `at_${operands[i]?.name ?? ''}`);
  const all = [strides, ...operands.map((operand) => operand.strides)];
  const advance = (axis: number, times = 1): Statement[] =>
    all.flatMap((each, i) => {
      const by = (each[axis] ?? 0) * times;
      return by === 0 ? [] : [assign(place(i - 1), sum(place(i - 1), by))];
    });
  const inner = dims.length - 1;
  const [size = 1] = dims.slice(-1);
  const contiguous = strides[inner] === 1;
  const parts = contiguous
    ? [WIDE, LANES, 1].reduce<{ lanes: number; times: number; left: number }[]>((found, lanes) => {
        const left = found.at(-1)?.left ?? size;
        return [...found, { lanes, times: Math.floor(left / lanes), left: left % lanes }];
      }, [])
    : [{ lanes: 1, times: size, left: 0 }];
  const row = parts
    .filter(({ times }) => times > 0)
    .flatMap(({ lanes, times }) => {
      const body = [...at(lanes), ...advance(inner, lanes)];
      return times === 1 ? body : [loop(`n${inner}`, 0, times, 1, body)];
    });

  function operandsAt(lanes: number, where: (i: number) => string): Vec[] {
    return operands.map(({ name, strides: each }, i) => {
      const stride = each[inner] ?? 0;
      return stride === 0 || lanes === 1 ? splat(name, where(i)) : load(name, where(i), stride);
    });
  }

  function at(lanes: number): Statement[] {
    if (fold === undefined) {
      return [store('y', place(-1), lanes, options.term(...operandsAt(lanes, place)))];
    }
    const from = (axis: number) => (i: number) =>
      axis < 0 || operands[i]?.over === undefined ? place(i) : `in${axis}_${operands[i].name}`;
    const nest = (axis: number): Statement[] => {
      const here = from(axis - 1);
      if (axis === fold.dims.length) {
        return [set(`s${lanes}`, lanes, fold.take(value(`s${lanes}`), ...operandsAt(lanes, here)))];
      }
      const mine = from(axis);
      const moves = operands.flatMap(({ over }, i) =>
        over === undefined ? [] : [assign(mine(i), sum(mine(i), over[axis] ?? 0))],
      );
      return [
        ...operands.flatMap(({ over }, i) => (over === undefined ? [] : [assign(mine(i), here(i))])),
        loop(`m${axis}`, 0, fold.dims[axis] ?? 1, 1, [...nest(axis + 1), ...moves]),
      ];
    };
    return [
      set(`s${lanes}`, lanes, constant(fold.from)),
      ...nest(0),
      store('y', place(-1), lanes, options.term(value(`s${lanes}`), ...operandsAt(lanes, place))),
    ];
  }

  /** The loops of the axes before the last; places are set back by what the axis within has advanced. */
  const outer = dims.slice(0, -1).reduceRight<Statement[]>((body, count, axis) => {
    const back = advance(axis + 1, -(dims[axis + 1] ?? 1));
    return [loop(`n${axis}`, 0, count, 1, [...body, ...back, ...advance(axis)])];
  }, row);
  const shown = [
    what,
    dims,
    strides,
    ...operands.map((operand) => [operand.name, ...operand.strides, 'o', ...(operand.over ?? [])]),
    fold === undefined ? [] : ['f', ...fold.dims],
  ];
  return {
    label: `walk_${shown.map((part) => [part].flat().join('_')).join('__')}`,
    params,
    body: [...all.map((_, i) => assign(place(i - 1), 0)), ...outer],
  };
}

/** Neighbouring axes that are one for the result and all operands become one; axes of one index are left out. */
function joined(options: WalkOptions): WalkOptions {
  const order = options.dims
    .map((_, axis) => axis)
    .filter((axis) => options.dims[axis] !== 1)
    // The result is written in the order in which it lies.
    .sort((a, b) => (options.strides[b] ?? 0) - (options.strides[a] ?? 0));
  const pick = (values: readonly number[]) => order.map((axis) => values[axis] ?? 0);
  let dims = pick(options.dims);
  let strides = pick(options.strides);
  let operands = options.operands.map((operand) => ({ ...operand, strides: pick(operand.strides) }));
  for (let axis = dims.length - 2; axis >= 0; axis--) {
    const size = dims[axis + 1] ?? 1;
    const follows = (each: readonly number[]) => each[axis] === (each[axis + 1] ?? 0) * size;
    if (![strides, ...operands.map((operand) => operand.strides)].every(follows)) continue;
    const without = (each: readonly number[]) => each.filter((_, i) => i !== axis);
    dims = without(dims).map((dim, i) => (i === axis ? dim * (dims[axis] ?? 1) : dim));
    strides = without(strides);
    operands = operands.map((operand) => ({ ...operand, strides: without(operand.strides) }));
  }
  if (dims.length === 0) {
    [dims, strides] = [[1], [1]];
    operands = operands.map((operand) => ({ ...operand, strides: [0] }));
  }
  return { ...options, dims, strides, operands };
}
