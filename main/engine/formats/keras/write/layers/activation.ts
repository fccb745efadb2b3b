import type { Node } from '../../../../network/graph.ts';
import { axisAttr, numberAttr } from '../../../../network/node-reading.ts';
import type { LayerValue } from '../layer.ts';
import type { LayerEmitter, LayerEmitters, LayersWriter } from '../writer.ts';

function named(
  writer: LayersWriter,
  node: Node,
  activation: string,
  inputs: readonly LayerValue[],
  part?: string,
): LayerValue {
  const own = part === undefined ? writer.withActivation(node, activation, inputs) : undefined;
  return own ?? writer.layer('Activation', { activation }, inputs, [], part);
}

/** A function that every program knows by this name. */
const common =
  (activation: string): LayerEmitter =>
  (writer, node, inputs) =>
    named(writer, node, activation, inputs);

/** A function that only some programs know. */
function some(
  writer: LayersWriter,
  node: Node,
  activation: string,
  inputs: readonly LayerValue[],
  part?: string,
): LayerValue {
  if (writer.dialect.activations.includes(activation)) return named(writer, node, activation, inputs, part);
  throw writer.refuse(node, `is a function that ${writer.dialect.label} does not know`);
}

/** Functions along an axis work along Keras' last one. */
function alongAxis(activation: string): LayerEmitter {
  return (writer, node, [input]) => {
    const [source = ''] = node.inputs;
    const { length: rank } = writer.shape(source);
    const axis = writer.axis(rank, axisAttr(node, 'axis', rank, -1));
    const order = Array.from({ length: rank }, (_, i) => i);
    // Exchanging two axes is its own inverse.
    order[axis] = rank - 1;
    order[rank - 1] = axis;
    const turned = writer.ordered(input as LayerValue, order, 'turned');
    const part = axis === rank - 1 ? undefined : 'along';
    const made =
      activation === 'softmax'
        ? named(writer, node, activation, [turned], part)
        : some(writer, node, activation, [turned], part);
    return writer.ordered(made, order);
  };
}

/** alpha * x + beta within [0, 1]. Keras has it under one name with two meanings, so it is written out there. */
function hardSigmoid(
  writer: LayersWriter,
  inputs: readonly LayerValue[],
  scale: number,
  offset: number,
  part?: string,
): LayerValue {
  const line = writer.layer('Rescaling', { scale, offset }, inputs, [], 'line');
  return writer.layer('ReLU', { max_value: 1 }, [line], [], part);
}

export const activation: LayerEmitters = {
  Relu: common('relu'),
  Sigmoid: common('sigmoid'),
  Tanh: common('tanh'),
  Silu: common('swish'),
  Softplus: common('softplus'),
  Softsign: common('softsign'),
  Mish: common('mish'),
  Identity: common('linear'),
  Exp: (writer, node, inputs) => some(writer, node, 'exponential', inputs),
  Softmax: alongAxis('softmax'),
  LogSoftmax: alongAxis('log_softmax'),

  Selu(writer, node, inputs) {
    const usual = node.attrs['alpha'] === undefined && node.attrs['gamma'] === undefined;
    if (!usual) throw writer.refuse(node, 'has settings of its own, for which there is no layer');
    return named(writer, node, 'selu', inputs);
  },

  Gelu(writer, node, inputs) {
    if ((node.attrs['approximate'] ?? 'none') === 'none') return named(writer, node, 'gelu', inputs);
    throw writer.refuse(node, 'is the approximate form by tanh, for which there is no layer');
  },

  HardSigmoid(writer, node, inputs) {
    const [alpha, beta] = [numberAttr(node, 'alpha', 0.2), numberAttr(node, 'beta', 0.5)];
    const known = Math.fround(alpha) === Math.fround(0.2) && beta === 0.5;
    return known && writer.dialect.activations.includes('hard_sigmoid')
      ? named(writer, node, 'hard_sigmoid', inputs)
      : hardSigmoid(writer, inputs, alpha, beta);
  },

  HardSwish(writer, _node, [input]) {
    const gate = hardSigmoid(writer, [input as LayerValue], 1 / 6, 0.5, 'gate');
    return writer.layer('Multiply', {}, [input as LayerValue, gate]);
  },

  Clip(writer, node, inputs) {
    const [min, max] = [numberAttr(node, 'min', -Infinity), numberAttr(node, 'max', Infinity)];
    if (min !== 0) throw writer.refuse(node, `cuts at ${min}, for which there is no layer`);
    return writer.layer('ReLU', Number.isFinite(max) ? { max_value: max } : {}, inputs);
  },

  LeakyRelu: (writer, node, inputs) =>
    writer.layer('LeakyReLU', { alpha: numberAttr(node, 'alpha', 0.01) }, inputs),
  Elu(writer, node, inputs) {
    const alpha = numberAttr(node, 'alpha', 1);
    if (alpha !== 1 && !writer.dialect.scaledElu) {
      throw writer.refuse(node, `has the factor ${alpha}, and ${writer.dialect.label} only knows 1`);
    }
    return writer.layer('ELU', { alpha }, inputs);
  },

  PRelu(writer, node, inputs) {
    const [source = ''] = node.inputs;
    const [, ...sample] = writer.theirShape(source);
    const { param, tensor } = writer.param(node, 'slope');
    const aligned = [...Array<number>(sample.length - tensor.shape.length).fill(1), ...tensor.shape];
    const shape = sample.length === 3 ? [aligned[1] ?? 1, aligned[2] ?? 1, aligned[0] ?? 1] : aligned;
    if (sample.length === 3 && shape[0] !== 1 && shape[1] !== 1) {
      throw writer.refuse(node, 'has a slope for each position of an image, which is not supported');
    }
    const shared_axes = shape.flatMap((dim, i) => (dim === 1 && sample[i] !== 1 ? [i + 1] : []));
    const alpha = { name: 'alpha', param, tensor: { shape, data: tensor.data } };
    return writer.layer('PReLU', { shared_axes }, inputs, [alpha]);
  },
};
