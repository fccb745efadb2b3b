import { sizeOf } from '../../../network/graph.ts';
import type { AttrValue } from '../../../network/graph.ts';
import type { Call, KerasReaders } from '../call.ts';
import type { Value } from '../importer.ts';

type Simple = readonly [op: string, attrs?: Readonly<Record<string, AttrValue>>];

/** Functions by the names that a layer's `activation` has. */
const functions: Readonly<Record<string, Simple>> = {
  relu: ['Relu'],
  relu6: ['Clip', { min: 0, max: 6 }],
  sigmoid: ['Sigmoid'],
  tanh: ['Tanh'],
  elu: ['Elu', { alpha: 1 }],
  selu: ['Selu'],
  gelu: ['Gelu', { approximate: 'none' }],
  swish: ['Silu'],
  silu: ['Silu'],
  softplus: ['Softplus'],
  softsign: ['Softsign'],
  exponential: ['Exp'],
  mish: ['Mish'],
  leaky_relu: ['LeakyRelu', { alpha: 0.2 }],
  hard_sigmoid: ['HardSigmoid', { alpha: 0.2, beta: 0.5 }],
  hard_silu: ['HardSwish'],
  hard_swish: ['HardSwish'],
};

/** Applies a function by name; the layer itself when it is nothing but that. */
function activate(call: Call, value: Value, name: string, part?: string): Value {
  if (name === 'linear') return part === undefined ? call.add('Identity', [value]) : value;
  if (name === 'softmax' || name === 'log_softmax') {
    const op = name === 'softmax' ? 'Softmax' : 'LogSoftmax';
    return call.add(op, [value], { axis: call.axis(value, -1) }, {}, part);
  }
  // Keras 2 says clip(0.2 x + 0.5), Keras 3 says relu6(x + 3) / 6.
  const known: Simple | undefined =
    name === 'hard_sigmoid' && call.keras3 ? ['HardSigmoid', { alpha: 1 / 6, beta: 0.5 }] : functions[name];
  if (known === undefined) {
    const supported = ['linear', 'softmax', 'log_softmax', ...Object.keys(functions)];
    throw call.fail(
      `has the activation '${name}', which is not supported`,
      `Supported are ${supported.sort().join(', ')}.`,
    );
  }
  return call.add(known[0], [value], known[1], {}, part);
}

/** The layer's own `activation`, after its product. Keras 3 may write it as an object. */
export function activated(call: Call, value: Value): Value {
  const name = activationName(call);
  return activate(call, value, name, name);
}

function activationName(call: Call): string {
  const given: unknown = call.layer.config['activation'] ?? 'linear';
  if (typeof given === 'string') return given;
  const inner = (given as { class_name?: unknown; config?: unknown } | null) ?? {};
  const name = inner.config ?? inner.class_name;
  if (typeof name !== 'string') throw call.fail(`has the activation ${JSON.stringify(given)}`);
  return name.toLowerCase();
}

/** A slope for each channel, in our order. */
function prelu(call: Call): Value {
  const input = call.input();
  const shared: unknown = call.layer.config['shared_axes'] ?? [];
  const axes = Array.isArray(shared) ? shared.map(Number) : [];
  const rank = input.shape.length;
  const keras = rank === 4 ? [0, 2, 3, 1].map((axis) => input.shape[axis] ?? 1) : input.shape;
  const wanted = keras.map((dim, axis) => (axes.includes(axis) ? 1 : dim)).slice(1);
  const alpha = call.weight('alpha', 0, wanted);
  if (rank === 4 && sizeOf(wanted) !== wanted[2] && sizeOf(wanted) !== 1) {
    throw call.fail('has a slope for each position of an image', 'Share the slopes over height and width.');
  }
  const shape = rank === 4 ? [wanted[2] ?? 1, 1, 1] : wanted;
  return call.add('PRelu', [input], {}, { slope: call.param('alpha', 'scale', { shape, data: alpha.data }) });
}

export const activation: KerasReaders = {
  Activation: (call) => activate(call, call.input(), activationName(call)),

  ReLU(call) {
    const slope = call.number('negative_slope', 0);
    const most = call.layer.config['max_value'] ?? null;
    if (call.number('threshold', 0) !== 0) throw call.fail('has a threshold, which is not supported');
    if (most === null) {
      return slope === 0
        ? call.add('Relu', [call.input()])
        : call.add('LeakyRelu', [call.input()], { alpha: slope });
    }
    if (slope !== 0) throw call.fail('has both a slope and a largest value, which is not supported');
    return call.add('Clip', [call.input()], { min: 0, max: call.number('max_value') });
  },

  LeakyReLU: (call) =>
    call.add('LeakyRelu', [call.input()], {
      alpha: call.number('negative_slope', call.number('alpha', 0.3)),
    }),
  ELU: (call) => call.add('Elu', [call.input()], { alpha: call.number('alpha', 1) }),
  PReLU: prelu,

  Softmax(call) {
    const input = call.input();
    return call.add('Softmax', [input], { axis: call.axis(input, call.number('axis', -1)) });
  },
};
