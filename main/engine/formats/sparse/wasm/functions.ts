import type { Code } from './bytes.ts';
import { op, V128 } from './bytes.ts';

/** A function that the module has beside its kernels: of one vector, giving one. */
export interface Helper {
  /** Types of locals behind the argument, which is local 0. */
  readonly locals: readonly number[];
  readonly code: Code;
}

export type HelperName = 'exp' | 'log' | 'tanh' | 'erf';

const { f32x4: f, i32x4: i, v128: v } = op;
const c = f.splatConst;

/** Horner's rule: [a, b, c] at x is (a * x + b) * x + c. */
function polynomial(x: Code, coefficients: readonly number[]): number[] {
  const [first = 0, ...more] = coefficients;
  return more.reduce<number[]>(
    (code, next) => [...code, ...x, ...f.mul, ...c(next), ...f.add],
    [...c(first)],
  );
}

/**
 * e^x: x = n ln 2 + r with |r| <= ln 2 / 2, e^r by a minimax polynomial, 2^n by its bits (Cephes' expf; Moshier 1989). Below -88 it
 * gives 0, above 88.8 infinity.
 */
const exp: Helper = {
  locals: [V128],
  code: [
    ...[...op.get(0), ...c(-88), ...f.pmax, ...c(89), ...f.pmin, ...op.tee(0)],
    ...[...c(Math.LOG2E), ...f.mul, ...f.nearest, ...op.set(1)],
    // r, with ln 2 in two parts so that no digit of x is lost.
    ...[...op.get(0), ...op.get(1), ...c(0.693359375), ...f.mul, ...f.sub],
    ...[...op.get(1), ...c(-2.1219444e-4), ...f.mul, ...f.sub, ...op.set(0)],
    ...polynomial(
      op.get(0),
      [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
    ),
    ...[...op.get(0), ...op.get(0), ...f.mul, ...f.mul, ...op.get(0), ...f.add, ...c(1), ...f.add],
    ...[...op.get(1), ...i.truncSat, ...i.splatConst(127), ...i.add, ...op.i32.const(23), ...i.shl, ...f.mul],
  ],
};

/**
 * The natural logarithm: x = m 2^e with m in [sqrt 1/2, sqrt 2), log m by a minimax polynomial (Cephes' logf; Moshier 1989). Of 0 it
 * gives minus infinity, of less no number.
 */
const log: Helper = {
  locals: [V128, V128, V128],
  code: [
    // e in local 1, m in local 2.
    ...[
      ...op.get(0),
      ...op.i32.const(23),
      ...i.shrU,
      ...i.splatConst(126),
      ...i.sub,
      ...f.convert,
      ...op.set(1),
    ],
    ...[
      ...op.get(0),
      ...i.splatConst(0x007fffff),
      ...v.and,
      ...i.splatConst(0x3f000000),
      ...v.or,
      ...op.tee(2),
    ],
    // Where m is below sqrt 1/2, it is doubled and e is one less.
    ...[...c(Math.SQRT1_2), ...f.lt, ...op.set(3)],
    ...[...op.get(1), ...c(1), ...op.get(3), ...v.and, ...f.sub, ...op.set(1)],
    ...[...op.get(2), ...op.get(2), ...op.get(3), ...v.and, ...f.add, ...c(1), ...f.sub, ...op.set(2)],
    ...polynomial(
      op.get(2),
      [
        7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
        2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
      ],
    ),
    // m^3 p(m) - m^2 / 2 + m + e ln 2
    ...[...op.get(2), ...op.get(2), ...f.mul, ...op.tee(3), ...op.get(2), ...f.mul, ...f.mul],
    ...[...op.get(1), ...c(-2.1219444e-4), ...f.mul, ...f.add],
    ...[...op.get(3), ...c(0.5), ...f.mul, ...f.sub, ...op.get(2), ...f.add],
    ...[...op.get(1), ...c(0.693359375), ...f.mul, ...f.add, ...op.set(1)],
    // What is no logarithm of a positive, finite number.
    ...[...c(-Infinity), ...op.get(1), ...op.get(0), ...c(0), ...f.eq, ...v.bitselect, ...op.set(1)],
    ...[...op.get(0), ...op.get(1), ...op.get(0), ...c(Infinity), ...f.eq, ...v.bitselect, ...op.set(1)],
    ...[...op.get(1), ...c(NaN), ...op.get(0), ...c(0), ...f.ge, ...v.bitselect],
  ],
};

/** 1 - 2 / (e^2x + 1) */
const tanh = (call: (name: HelperName) => Code): Helper => ({
  locals: [],
  code: [
    ...[...c(1), ...c(2), ...op.get(0), ...op.get(0), ...f.add, ...call('exp'), ...c(1), ...f.add],
    ...[...f.div, ...f.sub],
  ],
});

/** Abramowitz and Stegun 7.1.26: off by at most 1.5e-7. */
const erf = (call: (name: HelperName) => Code): Helper => ({
  locals: [V128, V128],
  code: [
    ...[...op.get(0), ...f.abs, ...op.set(1)],
    ...[...c(1), ...c(1), ...op.get(1), ...c(0.3275911), ...f.mul, ...f.add, ...f.div, ...op.set(2)],
    ...c(1),
    ...polynomial(op.get(2), [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592]),
    ...[...op.get(2), ...f.mul, ...op.get(1), ...op.get(1), ...f.mul, ...f.neg, ...call('exp'), ...f.mul],
    ...[...f.sub, ...op.get(0), ...c(-0), ...v.and, ...v.or],
  ],
});

/** @param call the instruction that calls another helper */
export function helper(name: HelperName, call: (name: HelperName) => Code): Helper {
  switch (name) {
    case 'exp':
      return exp;
    case 'log':
      return log;
    case 'tanh':
      return tanh(call);
    case 'erf':
      return erf(call);
  }
}

/** What a helper calls. */
export const CALLED: Readonly<Record<HelperName, readonly HelperName[]>> = {
  exp: [],
  log: [],
  tanh: ['exp'],
  erf: ['exp'],
};
