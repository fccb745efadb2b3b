/**
 * The small language that kernels are written in once and printed from twice, as C and as WebAssembly: loops over whole numbers,
 * and float values of some lanes side by side. It has what kernels need and nothing else.
 */

/** Where numbers lie: positions count float32 values, or entries of a table. */
export type Int =
  | { readonly is: 'number'; readonly value: number }
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'sum'; readonly a: Int; readonly b: Int }
  | { readonly is: 'times'; readonly a: Int; readonly by: number }
  | { readonly is: 'entry'; readonly table: string; readonly at: Int };

/** Functions of one float value that both languages have, or get from us. */
export type UnaryName = 'neg' | 'abs' | 'sqrt' | 'exp' | 'log' | 'tanh' | 'erf';
/** `min` and `max` give their first operand where the second is not smaller or larger: max(x, 0) keeps a NaN. */
export type BinaryName = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'pow';

/** A value of as many lanes as the statement has that it stands in. */
export type Vec =
  | { readonly is: 'constant'; readonly value: number }
  | { readonly is: 'value'; readonly name: string }
  /** Lane i is what lies at `at + i * stride`. */
  | { readonly is: 'load'; readonly from: string; readonly at: Int; readonly stride: number }
  /** All lanes are what lies at `at`. */
  | { readonly is: 'splat'; readonly from: string; readonly at: Int }
  | { readonly is: 'unary'; readonly f: UnaryName; readonly a: Vec }
  | { readonly is: 'binary'; readonly f: BinaryName; readonly a: Vec; readonly b: Vec }
  /** a * b + c, fused where the machine can. */
  | { readonly is: 'fma'; readonly a: Vec; readonly b: Vec; readonly c: Vec };

export type Statement =
  | {
      readonly do: 'for';
      readonly name: string;
      readonly from: Int;
      /** Not reached. */
      readonly to: Int;
      readonly step: number;
      readonly body: readonly Statement[];
    }
  /** Names a whole number, or gives it another value. */
  | { readonly do: 'let'; readonly name: string; readonly value: Int }
  /** Names float values, or gives them others of as many lanes: vector by vector, and for each vector in order. */
  | {
      readonly do: 'set';
      readonly lanes: number;
      readonly parts: readonly { readonly name: string; readonly value: Vec }[];
    }
  | {
      readonly do: 'store';
      readonly to: string;
      readonly at: Int;
      readonly lanes: number;
      readonly value: Vec;
    };

/**
 * What a kernel is given: a whole number, values that it reads or writes, constants of the network, or a table of whole numbers.
 */
type ParamKind = 'int' | 'read' | 'write' | 'floats' | 'table';

export interface Param {
  readonly name: string;
  readonly kind: ParamKind;
}

/** A function over buffers. */
export interface Kernel {
  /** What it is, for people. */
  readonly label: string;
  readonly params: readonly Param[];
  readonly body: readonly Statement[];
}

const identities = new WeakMap<Kernel, string>();

/** A text that two kernels have in common only when they do the same. */
export function identityOf(kernel: Kernel): string {
  const known = identities.get(kernel) ?? JSON.stringify([kernel.params, kernel.body], finite);
  identities.set(kernel, known);
  return known;
}

/** JSON has no infinite numbers. */
const finite = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

/** Lanes that a statement may have: one, or a multiple of this. */
export const LANES = 4;

export const int = (value: number | string | Int): Int =>
  typeof value === 'number'
    ? { is: 'number', value }
    : typeof value === 'string'
      ? { is: 'name', name: value }
      : value;
export const sum = (...parts: readonly (number | string | Int)[]): Int =>
  parts.map(int).reduce((a, b) => ({ is: 'sum', a, b }));
export const times = (a: string | Int, by: number): Int => ({ is: 'times', a: int(a), by });
export const entry = (table: string, at: string | Int): Int => ({ is: 'entry', table, at: int(at) });

export const constant = (value: number): Vec => ({ is: 'constant', value });
export const value = (name: string): Vec => ({ is: 'value', name });
export const load = (from: string, at: string | Int, stride = 1): Vec => ({
  is: 'load',
  from,
  at: int(at),
  stride,
});
export const splat = (from: string, at: string | Int): Vec => ({ is: 'splat', from, at: int(at) });
export const unary = (f: UnaryName, a: Vec): Vec => ({ is: 'unary', f, a });
export const binary = (f: BinaryName, a: Vec, b: Vec): Vec => ({ is: 'binary', f, a, b });
export const fma = (a: Vec, b: Vec, c: Vec): Vec => ({ is: 'fma', a, b, c });

export const loop = (
  name: string,
  from: number | string | Int,
  to: number | string | Int,
  step: number,
  body: readonly Statement[],
): Statement => ({ do: 'for', name, from: int(from), to: int(to), step, body });
export const assign = (name: string, to: number | string | Int): Statement => ({
  do: 'let',
  name,
  value: int(to),
});
export const set = (name: string, lanes: number, to: Vec): Statement => ({
  do: 'set',
  lanes,
  parts: [{ name, value: to }],
});
export const store = (to: string, at: string | Int, lanes: number, what: Vec): Statement => ({
  do: 'store',
  to,
  at: int(at),
  lanes,
  value: what,
});
