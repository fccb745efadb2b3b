import type { AttrValue } from '../../../network/graph.ts';
import type { Call, KerasReader, KerasReaders } from '../call.ts';
import { flagSetting, integersSetting, numberSetting, setting, valueOf } from './operands.ts';

/** A function of every element. */
const each =
  (op: string, attrs: (call: Call) => Readonly<Record<string, AttrValue>> = () => ({})): KerasReader =>
  (call) =>
    call.add(op, [valueOf(call)], attrs(call));

/** Functions of every element, one after the other. */
const chain =
  (...ops: readonly string[]): KerasReader =>
  (call) =>
    ops.reduce(
      (value, op, i) => call.add(op, [value], {}, {}, i < ops.length - 1 ? op.toLowerCase() : undefined),
      valueOf(call),
    );

const alongAxis =
  (op: string): KerasReader =>
  (call) => {
    const value = valueOf(call);
    const given = setting(call, 'axis', 1) ?? -1;
    const [axis = -1, ...more] = given === -1 ? [-1] : integersSetting(call, 'axis', 1);
    if (more.length > 0) throw call.fail('works along several axes, which is not supported');
    return call.add(op, [value], { axis: call.axis(value, axis) });
  };

export const functions: KerasReaders = {
  Absolute: each('Abs'),
  Abs: each('Abs'),
  Negative: each('Neg'),
  Exp: each('Exp'),
  Log: each('Log'),
  Sqrt: each('Sqrt'),
  Reciprocal: each('Reciprocal'),
  Rsqrt: chain('Sqrt', 'Reciprocal'),
  Erf: each('Erf'),
  Tanh: each('Tanh'),
  Sigmoid: each('Sigmoid'),
  LogSigmoid: chain('Neg', 'Softplus', 'Neg'),
  Relu: each('Relu'),
  Relu6: each('Clip', () => ({ min: 0, max: 6 })),
  HardTanh: each('Clip', () => ({ min: -1, max: 1 })),
  Elu: each('Elu', (call) => ({ alpha: numberSetting(call, 'alpha', 1, 1) })),
  Selu: each('Selu'),
  Silu: each('Silu'),
  Swish: each('Silu'),
  Mish: each('Mish'),
  Gelu: each('Gelu', (call) => ({
    approximate: flagSetting(call, 'approximate', 1, call.keras3) ? 'tanh' : 'none',
  })),
  Softplus: each('Softplus'),
  Softsign: each('Softsign'),
  HardSigmoid: each('HardSigmoid', () => ({ alpha: 1 / 6, beta: 0.5 })),
  HardSilu: each('HardSwish'),
  HardSwish: each('HardSwish'),
  LeakyRelu: each('LeakyRelu', (call) => ({
    alpha: numberSetting(call, 'negative_slope', 1, numberSetting(call, 'alpha', 1, 0.2)),
  })),
  Identity: each('Identity'),
  StopGradient: each('Identity'),
  Softmax: alongAxis('Softmax'),
  LogSoftmax: alongAxis('LogSoftmax'),

  Square(call) {
    const value = valueOf(call);
    return call.add('Mul', [value, value]);
  },

  Clip(call) {
    const [least, most] =
      setting(call, 'x_min', 1) === undefined ? ['clip_value_min', 'clip_value_max'] : ['x_min', 'x_max'];
    return call.add('Clip', [valueOf(call)], {
      min: numberSetting(call, least ?? '', 1),
      max: numberSetting(call, most ?? '', 2),
    });
  },
};
