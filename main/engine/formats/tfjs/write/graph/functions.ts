import type { Node } from '../../../../network/graph.ts';
import { axisAttr, flagAttr, numberAttr } from '../../../../network/node-reading.ts';
import { float, number } from './attributes.ts';
import type { Form, GraphEmitter, GraphEmitters, GraphWriter } from './writer.ts';

/** A function of single numbers, made of operations on tensors; the last one bears the layer's name. */
type Formula = (ops: Ops, x: string, node: Node) => string;

/** Operations in short: `last` gives the layer's value. */
class Ops {
  private readonly writer: GraphWriter;
  constructor(writer: GraphWriter) {
    this.writer = writer;
  }
  call(op: string, ...inputs: (string | number)[]): string {
    return this.writer.add(op, this.tensors(inputs));
  }
  last(op: string, ...inputs: (string | number)[]): string {
    return this.writer.add(op, this.tensors(inputs), { T: float }, '');
  }
  private tensors(inputs: readonly (string | number)[]): string[] {
    return inputs.map((input) => (typeof input === 'number' ? this.writer.scalar(input) : input));
  }
}

function formula(make: Formula): GraphEmitter {
  return (writer, node) => {
    const { form, tensor } = writer.any(node.inputs[0] ?? '');
    writer.set(node.outputs[0] ?? '', form, make(new Ops(writer), tensor, node));
  };
}

const same = (op: string) => formula((ops, x) => ops.last(op, x));

/** A function with one number among its attributes. */
const withAlpha =
  (op: string, fallback: number): GraphEmitter =>
  (writer, node) => {
    const { form, tensor } = writer.any(node.inputs[0] ?? '');
    writer.make(node, form, op, [tensor], { T: float, alpha: number(numberAttr(node, 'alpha', fallback)) });
  };

/** scale * (x for x > 0, alpha * (exp(x) - 1) elsewhere). */
function elu(ops: Ops, x: string, alpha: number, scale: number): string {
  const negative = ops.call('Mul', ops.call('Elu', ops.call('Minimum', x, 0)), alpha);
  const sum = [ops.call('Relu', x), negative] as const;
  return scale === 1 ? ops.last('AddV2', ...sum) : ops.last('Mul', ops.call('AddV2', ...sum), scale);
}

const hardSigmoid = (ops: Ops, x: string, alpha: number, beta: number): string =>
  ops.call('AddV2', ops.call('Mul', x, alpha), beta);

function gelu(ops: Ops, x: string, node: Node): string {
  const cubic = () => ops.call('AddV2', ops.call('Mul', ops.call('Mul', x, x), 0.044715), 1);
  const phi =
    node.attrs['approximate'] === 'tanh'
      ? ops.call('Tanh', ops.call('Mul', ops.call('Mul', x, cubic()), Math.sqrt(2 / Math.PI)))
      : ops.call('Erf', ops.call('Mul', x, Math.SQRT1_2));
  return ops.last('Mul', ops.call('Mul', x, 0.5), ops.call('AddV2', phi, 1));
}

function clip(ops: Ops, x: string, node: Node): string {
  const [min, max] = [numberAttr(node, 'min', -Infinity), numberAttr(node, 'max', Infinity)];
  if (min === 0 && max === 6) return ops.last('Relu6', x);
  if (max === Infinity) return ops.last('Maximum', x, min);
  return min === -Infinity ? ops.last('Minimum', x, max) : ops.last('ClipByValue', x, min, max);
}

/** Along the last axis, which another one is exchanged with before and after. */
function alongAxis(op: string): GraphEmitter {
  return (writer, node) => {
    const [source = ''] = node.inputs;
    const { length: rank } = writer.shape(source);
    const axis = axisAttr(node, 'axis', rank, -1);
    if (rank === 4 && axis === 1) {
      writer.make(node, 'last', op, [writer.get(source, 'last')]);
      return;
    }
    const order = Array.from({ length: rank }, (_, i) => i);
    order[axis] = rank - 1;
    order[rank - 1] = axis;
    const turned = writer.transposed(writer.get(source, 'first'), order, 'turned');
    const made = writer.add(op, [turned], { T: float }, axis === rank - 1 ? '' : op);
    writer.set(node.outputs[0] ?? '', 'first', writer.transposed(made, order, ''));
  };
}

/** Two values, or one and a constant. Images are combined with channels last where one of them is so already. */
function binary(op: string): GraphEmitter {
  return (writer, node) => {
    const ranks = node.inputs.map((name) => writer.shape(name).length);
    const last =
      ranks.every((rank) => rank === 4) && node.inputs.some((name) => writer.any(name).form === 'last');
    const form: Form = last ? 'last' : 'first';
    const values = node.inputs.map((name) => writer.get(name, form));
    if (writer.has(node, 'constant')) {
      const constant = writer.operand(node, 'constant', ranks[0] ?? 0, form);
      if (flagAttr(node, 'constantFirst', false)) values.unshift(constant);
      else values.push(constant);
    }
    writer.make(node, form, op, values);
  };
}

export const functions: GraphEmitters = {
  ...Object.fromEntries(
    ['Relu', 'Sigmoid', 'Tanh', 'Softplus', 'Exp', 'Log', 'Sqrt', 'Abs', 'Neg', 'Reciprocal', 'Erf'].map(
      (op) => [op, same(op)],
    ),
  ),
  Identity: same('Identity'),
  // It does nothing once training is over, and a graph is for that.
  Dropout: same('Identity'),
  LeakyRelu: withAlpha('LeakyRelu', 0.01),
  Clip: formula(clip),
  Elu: formula((ops, x, node) => {
    const alpha = numberAttr(node, 'alpha', 1);
    return alpha === 1 ? ops.last('Elu', x) : elu(ops, x, alpha, 1);
  }),
  Selu: formula((ops, x, node) =>
    node.attrs['alpha'] === undefined && node.attrs['gamma'] === undefined
      ? ops.last('Selu', x)
      : elu(
          ops,
          x,
          numberAttr(node, 'alpha', 1.6732632423543772),
          numberAttr(node, 'gamma', 1.0507009873554805),
        ),
  ),
  Gelu: formula(gelu),
  Silu: formula((ops, x) => ops.last('Mul', x, ops.call('Sigmoid', x))),
  Mish: formula((ops, x) => ops.last('Mul', x, ops.call('Tanh', ops.call('Softplus', x)))),
  Softsign: formula((ops, x) => ops.last('RealDiv', x, ops.call('AddV2', ops.call('Abs', x), 1))),
  HardSigmoid: formula((ops, x, node) => {
    const line = hardSigmoid(ops, x, numberAttr(node, 'alpha', 0.2), numberAttr(node, 'beta', 0.5));
    return ops.last('ClipByValue', line, 0, 1);
  }),
  HardSwish: formula((ops, x) =>
    ops.last('Mul', x, ops.call('ClipByValue', hardSigmoid(ops, x, 1 / 6, 0.5), 0, 1)),
  ),
  Softmax: alongAxis('Softmax'),
  LogSoftmax: alongAxis('LogSoftmax'),
  Add: binary('AddV2'),
  Sub: binary('Sub'),
  Mul: binary('Mul'),
  Div: binary('RealDiv'),
  Max: binary('Maximum'),
  Min: binary('Minimum'),
  Pow: binary('Pow'),
  PRelu(writer, node) {
    const [source = ''] = node.inputs;
    const { form, tensor } = writer.any(source);
    const slope = writer.operand(node, 'slope', writer.shape(source).length, form);
    writer.make(node, form, 'Prelu', [tensor, slope]);
  },
};
