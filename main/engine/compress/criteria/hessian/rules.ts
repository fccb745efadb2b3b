import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../../../network/activation.ts';
import type { Node } from '../../../network/graph.ts';
import { numberAttr } from '../../../network/node-reading.ts';
import type { ForwardContext } from '../../../network/op.ts';
import { opName, opOf, type OpName } from '../../../network/ops/index.ts';
import { batchNormTangent } from './batch-norm.ts';
import { maxPoolTangent } from './max-pool.ts';
import { type Dual, type Situation, type TangentRule, together } from './tangent.ts';

/** The op itself, applied to tangents: for ops that are linear in all their inputs. Dropout and padding have none here. */
const linear: TangentRule = ({ ctx, node, given }) => {
  if (given.every(({ tangent }) => tangent === undefined)) return undefined;
  return apply(ctx, node, given.map(tangentOrZero));
};

/** Linear in its input and in its weight: the sum of both with the other held. */
const bilinear: TangentRule = ({ ctx, node, given, moved }) => {
  const [{ value, tangent }] = given as [Dual];
  const unbiased = { ...ctx, optionalParam: () => undefined };
  const parts: Activation[] = [];
  if (tangent !== undefined) parts.push(apply(unbiased, node, [tangent]));
  const weight = moved('weight');
  if (weight !== undefined) parts.push(apply({ ...unbiased, param: () => weight }, node, [value]));
  return parts.length < 2 ? parts[0] : together(parts[0] as Activation, parts[1] as Activation, tf.add);
};

const product: TangentRule = (situation) => {
  const { ctx, node, given } = situation;
  const [a, b] = given as [Dual, Dual?];
  if (b === undefined) return linear(situation);
  const parts = [
    ...(a.tangent === undefined ? [] : [apply(ctx, node, [a.tangent, b.value])]),
    ...(b.tangent === undefined ? [] : [apply(ctx, node, [a.value, b.tangent])]),
  ];
  return parts.length < 2 ? parts[0] : together(parts[0] as Activation, parts[1] as Activation, tf.add);
};

/** An element-wise function: slope times tangent. */
function elementwise(slope: (x: tf.Tensor, situation: Situation) => tf.Tensor): TangentRule {
  return (situation) => {
    const [{ value, tangent }] = situation.given as [Dual];
    if (tangent === undefined) return undefined;
    return together(value, tangent, (x, t) => tf.mul(slope(x, situation), t));
  };
}

/**
 * A function made of straight pieces: its slope is a constant to every gradient, so that what depends on x is kept from the
 * tape.
 */
function straight(slope: (x: tf.Tensor, node: Node) => tf.Tensor): TangentRule {
  return ({ node, given }) => {
    const [{ value, tangent }] = given as [Dual];
    if (tangent === undefined) return undefined;
    return together(value, tangent, (x, t) =>
      tf.customGrad((...args) => {
        const save = args[1] as tf.GradSaveFunc;
        const factor = slope(x, node);
        save([factor]);
        return {
          value: tf.mul(args[0] as tf.Tensor, factor),
          gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, saved[0] as tf.Tensor),
        };
      })(t),
    );
  };
}

/** 1 strictly between the bounds, else 0; flat, so that no gradient flows through it. */
const between = (x: tf.Tensor, low: number, high: number): tf.Tensor => {
  const above = Number.isFinite(low) ? tf.step(tf.sub(x, low)) : tf.onesLike(x);
  return Number.isFinite(high) ? tf.mul(above, tf.step(tf.sub(high, x))) : above;
};

// Slopes are written out, and not left to tfjs: it loses the dependence of a gradient on a function's own result.
const sigmoid = elementwise((x) => {
  const y = tf.sigmoid(x);
  return tf.mul(y, tf.sub(1, y));
});

const silu = elementwise((x) => {
  const y = tf.sigmoid(x);
  return tf.mul(y, tf.add(tf.mul(x, tf.sub(1, y)), 1));
});

/** Phi(x) + x Phi'(x), with Phi exact or by tanh. */
const gelu = elementwise((x, { node }) => {
  const [c, k] = [0.044715, Math.sqrt(2 / Math.PI)];
  if (node.attrs['approximate'] !== 'tanh') {
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return tf.add(tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5), tf.mul(x, density));
  }
  const squared = tf.square(x);
  const y = tf.tanh(tf.mul(tf.mul(x, tf.add(tf.mul(squared, c), 1)), k));
  const inner = tf.mul(tf.add(tf.mul(squared, 3 * c), 1), k);
  const bent = tf.mul(tf.mul(x, inner), tf.sub(1, tf.square(y)));
  return tf.mul(tf.add(tf.add(y, 1), bent), 0.5);
});

const elu = elementwise((x, { node }) => {
  const positive = tf.step(x);
  const below = tf.mul(tf.exp(tf.minimum(x, 0)), numberAttr(node, 'alpha', 1));
  return tf.add(positive, tf.mul(tf.sub(1, positive), below));
});

const hardSigmoid = straight((x, node) => {
  const [alpha, beta] = [numberAttr(node, 'alpha', 0.2), numberAttr(node, 'beta', 0.5)];
  return tf.mul(between(x, -beta / alpha, (1 - beta) / alpha), alpha);
});

/** x (x / 6 + 1/2) between -3 and 3, x above. */
const hardSwish = elementwise((x) =>
  tf.add(tf.step(tf.sub(x, 3)), tf.mul(between(x, -3, 3), tf.add(tf.mul(x, 1 / 3), 0.5))),
);

/** How tangents pass each layer type; null: there is no rule. */
const tangentRules: { readonly [O in OpName]: TangentRule | null } = {
  Conv2D: bilinear,
  Dense: bilinear,
  BatchNorm: batchNormTangent,
  MaxPool: maxPoolTangent,
  Mul: product,
  // Written as the gradient of ReLU is, so that one graph with both has these gates once.
  Relu: straight((x) => tf.cast(tf.greater(tf.relu(x), 0), 'float32')),
  LeakyRelu: straight((x, node) => tf.step(x, numberAttr(node, 'alpha', 0.01))),
  Clip: straight((x, node) =>
    between(x, numberAttr(node, 'min', -Infinity), numberAttr(node, 'max', Infinity)),
  ),
  Elu: elu,
  HardSigmoid: hardSigmoid,
  HardSwish: hardSwish,
  Gelu: gelu,
  Sigmoid: sigmoid,
  Silu: silu,
  Tanh: elementwise((x) => tf.sub(1, tf.square(tf.tanh(x)))),
  Add: affine,
  Sub: affine,
  Concat: affine,
  AvgPool: affine,
  GlobalAvgPool: affine,
  Flatten: affine,
  Reshape: affine,
  Transpose: affine,
  Slice: affine,
  Identity: affine,
  Dropout: affine,
  Pad: affine,
  Abs: null,
  BatchConstant: null,
  ConvTranspose2D: null,
  Div: null,
  Erf: null,
  Exp: null,
  GroupNorm: null,
  LayerNorm: null,
  Log: null,
  LogSoftmax: null,
  LRN: null,
  MatMul: null,
  Max: null,
  Min: null,
  Mish: null,
  Neg: null,
  Pow: null,
  PRelu: null,
  Reciprocal: null,
  ReduceMax: null,
  ReduceMean: null,
  ReduceSum: null,
  Resize: null,
  Selu: null,
  Softmax: null,
  Softplus: null,
  Softsign: null,
  Split: null,
  Sqrt: null,
};

/** How a tangent passes a node; null where there is no rule for its type. */
export function tangentRuleOf(node: Node): TangentRule | null {
  return tangentRules[opName(node)];
}

/** Linear but for what it adds: constants and the value of padding have no tangent. */
function affine(situation: Situation): Activation | undefined {
  const { node, given, output } = situation;
  const [{ tangent }] = given as [Dual];
  if (node.params['constant'] === undefined) {
    return linear({ ...situation, node: { ...node, attrs: { ...node.attrs, value: 0 } } });
  }
  if (tangent === undefined) return undefined;
  const first = node.attrs['constantFirst'] === true && node.op === 'Sub';
  return together(output, tangent, (y, t) => tf.add(tf.zerosLike(y), first ? tf.neg(t) : t));
}

function apply(ctx: ForwardContext, node: Node, inputs: readonly Activation[]): Activation {
  return opOf(node).forward(ctx, node, inputs)[0] as Activation;
}

function tangentOrZero({ value, tangent }: Dual): Activation {
  return tangent ?? value.map((tensor) => tf.zerosLike(tensor));
}
