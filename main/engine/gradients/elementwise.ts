import * as tf from '@tensorflow/tfjs-core';
import { defineGradients, type Gradient, unary, unbroadcast } from './rule.ts';

/** Gradients of functions that work element by element. */

/** A function that is flat almost everywhere, or whose result is not a number to be differentiated. */
const flat: Gradient = unary('none', (dy) => tf.zerosLike(dy));

/** A binary function whose gradients by a and b are dy times a factor. */
function binary(
  byA: (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  byB: (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
): Gradient {
  return {
    inputs: ['a', 'b'],
    of: (dy, saved) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      return { a: () => unbroadcast(byA(dy, a, b), a.shape), b: () => unbroadcast(byB(dy, a, b), b.shape) };
    },
  };
}

const number = (t: tf.Tensor): tf.Tensor => tf.cast(t, 'float32');

defineGradients({
  Abs: unary('x', (dy, x) => tf.mul(dy, tf.step(number(x), -1))),
  Neg: unary('none', (dy) => tf.neg(dy)),
  Square: unary('x', (dy, x) => tf.mul(dy, tf.mul(number(x), 2))),
  Exp: unary('y', (dy, y) => tf.mul(dy, y)),
  Log: unary('x', (dy, x) => tf.div(dy, number(x))),
  Log1p: unary('x', (dy, x) => tf.div(dy, tf.add(x, 1))),
  Expm1: unary('x', (dy, x) => tf.mul(dy, tf.exp(x))),
  Sqrt: unary('y', (dy, y) => tf.div(dy, tf.mul(y, 2))),
  Rsqrt: unary('y', (dy, y) => tf.mul(tf.mul(dy, -0.5), tf.mul(y, tf.square(y)))),
  Reciprocal: unary('y', (dy, y) => tf.neg(tf.mul(dy, tf.square(y)))),
  Sin: unary('x', (dy, x) => tf.mul(dy, tf.cos(x))),
  Cos: unary('x', (dy, x) => tf.neg(tf.mul(dy, tf.sin(x)))),
  Tanh: unary('y', (dy, y) => tf.mul(dy, tf.sub(1, tf.square(y)))),
  Sigmoid: unary('y', (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y)))),
  Softplus: unary('x', (dy, x) => tf.mul(dy, tf.sigmoid(x))),
  Erf: unary('x', (dy, x) => tf.mul(dy, tf.mul(tf.exp(tf.neg(tf.square(x))), 2 / Math.sqrt(Math.PI)))),
  Relu: unary('y', (dy, y) => tf.mul(dy, tf.step(number(y)))),
  Relu6: unary('x', (dy, x) => tf.mul(dy, number(tf.logicalAnd(tf.lessEqual(x, 6), tf.greater(x, 0))))),
  // What was not clipped, the bounds themselves too.
  ClipByValue: {
    inputs: ['x'],
    outputs: [true],
    of: (dy, saved) => {
      const [x, y] = saved as [tf.Tensor, tf.Tensor];
      return { x: () => tf.mul(dy, number(tf.equal(x, y))) };
    },
  },
  LeakyRelu: unary('x', (dy, x, attrs) => tf.mul(dy, tf.step(x, attrs['alpha'] as number))),
  Elu: unary('y', (dy, y) => tf.mul(dy, tf.add(tf.minimum(y, 0), 1))),
  Prelu: {
    inputs: ['x', 'alpha'],
    of: (dy, saved) => {
      const [x, alpha] = saved as [tf.Tensor, tf.Tensor];
      const positive = tf.greater(x, 0);
      return {
        x: () => tf.where(positive, dy, tf.mul(dy, alpha)),
        alpha: () => unbroadcast(tf.where(positive, tf.zerosLike(dy), tf.mul(dy, x)), alpha.shape),
      };
    },
  },
  Identity: unary('none', (dy) => number(dy)),
  Cast: unary('none', (dy) => number(dy)),
  Step: flat,
  Sign: flat,
  Floor: flat,
  Ceil: flat,
  Round: flat,
  ZerosLike: flat,
  OnesLike: flat,
  IsNan: flat,
  IsInf: flat,
  IsFinite: flat,
  Add: binary((dy) => dy, (dy) => dy), // prettier-ignore
  Sub: binary((dy) => dy, (dy) => tf.neg(dy)), // prettier-ignore
  Multiply: binary((dy, _, b) => tf.mul(dy, number(b)), (dy, a) => tf.mul(dy, number(a))), // prettier-ignore
  RealDiv: binary(
    (dy, _, b) => tf.div(dy, number(b)),
    (dy, a, b) => tf.neg(tf.div(tf.mul(dy, number(a)), number(tf.square(b)))),
  ),
  SquaredDifference: binary(
    (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(a, b))),
    (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(b, a))),
  ),
  // At a tie both get the whole gradient, as in tfjs.
  Maximum: binary(
    (dy, a, b) => tf.mul(dy, number(tf.greaterEqual(a, b))),
    (dy, a, b) => tf.mul(dy, number(tf.less(a, b))),
  ),
  Minimum: binary(
    (dy, a, b) => tf.mul(dy, number(tf.lessEqual(a, b))),
    (dy, a, b) => tf.mul(dy, number(tf.greater(a, b))),
  ),
  GreaterEqual: binary((_, a) => tf.zerosLike(a), (_, __, b) => tf.zerosLike(b)), // prettier-ignore
  Pow: {
    inputs: ['a', 'b'],
    outputs: [true],
    of: (dy, saved) => {
      const [base, exponent, y] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      return {
        a: () => {
          const power = number(exponent);
          return unbroadcast(tf.mul(dy, tf.mul(power, tf.pow(base, tf.sub(power, 1)))), base.shape);
        },
        b: () => {
          const logarithm = tf.where(tf.greater(base, 0), tf.log(base), tf.zerosLike(base));
          return unbroadcast(tf.mul(dy, tf.mul(y, logarithm)), exponent.shape);
        },
      };
    },
  },
  AddN: {
    allInputs: true,
    of: (dy, saved) => Object.fromEntries(saved.map((_, i) => [i, () => tf.clone(dy)])),
  },
  Select: {
    inputs: ['condition'],
    of: (dy, saved) => {
      const [condition] = saved as [tf.Tensor];
      const flag = number(condition);
      return {
        condition: () => number(tf.zerosLike(condition)),
        t: () => tf.mul(dy, flag),
        e: () => tf.mul(dy, number(tf.logicalNot(condition))),
      };
    },
  },
});
