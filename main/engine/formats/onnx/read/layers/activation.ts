import type { AttrValue } from '../../../../network/graph.ts';
import { sizeOf } from '../../../../network/graph.ts';
import { floatAttr, intAttr, textAttr } from '../attributes.ts';
import type { Importer } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import type { LayerReader, LayerReaders } from './reader.ts';

/** An operator that is one of our layers, with attributes of the same names and meanings. */
function same(op: string, attrs: (node: ReadNode) => Record<string, AttrValue> = () => ({})): LayerReader {
  return (importer, node) => {
    importer.add(node, { op, inputs: [importer.value(node)], attrs: attrs(node) });
  };
}

/** A float attribute, or its default. */
function floats(defaults: Readonly<Record<string, number>>): (node: ReadNode) => Record<string, AttrValue> {
  return (node) =>
    Object.fromEntries(
      Object.entries(defaults).map(([name, fallback]) => [name, floatAttr(node, name, fallback)]),
    );
}

/** Before opset 13, Softmax flattened all axes from `axis` on into one. */
function alongAxis(op: string): LayerReader {
  return (importer, node) => {
    const input = importer.value(node);
    const rank = input.shape.length;
    const old = importer.model.opset < 13;
    const given = intAttr(node, 'axis', old ? 1 : -1);
    const axis = given < 0 ? given + rank : given;
    if (!old || input.shape.slice(axis + 1).every((dim) => dim === 1)) {
      importer.add(node, { op, inputs: [input], attrs: { axis } });
      return;
    }
    const helper = (what: string) => importer.helperName(node, what);
    const shape = [...input.shape.slice(1, axis), sizeOf(input.shape.slice(axis))];
    const flat = importer.add(node, {
      op: 'Reshape',
      inputs: [input],
      attrs: { shape },
      output: helper('flat'),
    });
    const made = importer.add(node, { op, inputs: [flat], attrs: { axis: -1 }, output: helper('made') });
    importer.add(node, { op: 'Reshape', inputs: [made], attrs: { shape: input.shape.slice(1) } });
  };
}

/** A limit of Clip: an attribute before opset 11, an input since. */
function limit(importer: Importer, node: ReadNode, index: number, name: string, open: number): number {
  if (importer.model.opset < 11) return floatAttr(node, name, open);
  if (!node.inputs[index]) return open;
  return importer.floats(node, index, name).data[0] ?? open;
}

export const activation: LayerReaders = {
  Relu: same('Relu'),
  Sigmoid: same('Sigmoid'),
  Tanh: same('Tanh'),
  Erf: same('Erf'),
  HardSwish: same('HardSwish'),
  Softplus: same('Softplus'),
  Softsign: same('Softsign'),
  Mish: same('Mish'),
  Exp: same('Exp'),
  Log: same('Log'),
  Sqrt: same('Sqrt'),
  Abs: same('Abs'),
  Neg: same('Neg'),
  Reciprocal: same('Reciprocal'),
  Selu: same('Selu', floats({ alpha: 1.67326319217681884765625, gamma: 1.05070102214813232421875 })),
  LeakyRelu: same('LeakyRelu', floats({ alpha: 0.01 })),
  Elu: same('Elu', floats({ alpha: 1 })),
  HardSigmoid: same('HardSigmoid', floats({ alpha: 0.2, beta: 0.5 })),
  Gelu: same('Gelu', (node) => ({ approximate: textAttr(node, 'approximate', 'none') })),
  Softmax: alongAxis('Softmax'),
  LogSoftmax: alongAxis('LogSoftmax'),

  Clip(importer, node) {
    const attrs = {
      min: limit(importer, node, 1, 'min', -Infinity),
      max: limit(importer, node, 2, 'max', Infinity),
    };
    importer.add(node, { op: 'Clip', inputs: [importer.value(node)], attrs });
  },

  Identity: same('Identity'),

  Cast(importer, node) {
    // To float32, float16 or float64: all of them are float32 here.
    if (![1, 10, 11].includes(intAttr(node, 'to', 0))) {
      throw importer.fail(node, 'turns values into integers, which is not supported');
    }
    same('Identity')(importer, node);
  },

  CastLike: (importer, node) => {
    if (importer.isConstant(node.inputs[1] ?? '') && importer.constant(node, 1)?.kind === 'integer') {
      throw importer.fail(node, 'turns values into integers, which is not supported');
    }
    same('Identity')(importer, node);
  },

  /** Elu(x / alpha) * alpha: Elu with a slope of 1 at zero. */
  Celu(importer, node) {
    const alpha = floatAttr(node, 'alpha', 1);
    const helper = (what: string) => importer.helperName(node, what);
    const factor = (value: number, name: string) => {
      const constant = importer.freeName(`${node.outputs[0] ?? ''}/${name}`);
      return importer.keep(constant, { kind: 'float', shape: [], data: Float32Array.of(value) }, 'constant');
    };
    const part = importer.add(node, {
      op: 'Mul',
      inputs: [importer.value(node)],
      params: { constant: factor(1 / alpha, 'inverse') },
      output: helper('part'),
    });
    const bent = importer.add(node, { op: 'Elu', inputs: [part], output: helper('bent') });
    importer.add(node, { op: 'Mul', inputs: [bent], params: { constant: factor(alpha, 'alpha') } });
  },

  PRelu(importer, node) {
    const input = importer.value(node);
    const slope = importer.floats(node, 1, 'slope');
    // A leading axis of size one stands for the batch.
    const shape = slope.shape.length === input.shape.length ? slope.shape.slice(1) : slope.shape;
    if (slope.shape.length > input.shape.length || slope.data.length !== sizeOf(shape)) {
      throw importer.fail(node, `has a slope of shape [${slope.shape.join(', ')}]`);
    }
    // Before slopes were broadcast, and in files of programs that go on so, a list has one slope for each channel.
    const [, channels = 1, ...places] = input.shape;
    const listed = shape.length === 1 && shape[0] === channels && places.length > 0;
    const perChannel = listed && (importer.model.opset < 7 || places.at(-1) !== channels);
    const full = perChannel ? [channels, ...places.map(() => 1)] : shape;
    const params = { slope: importer.param(node, 1, 'scale', { ...slope, shape: full }) };
    importer.add(node, { op: 'PRelu', inputs: [input], params });
  },

  Dropout(importer, node) {
    const input = importer.value(node);
    if (importer.isRead(node, 1)) throw importer.fail(node, 'also gives its mask');
    if (node.inputs[2] && importer.constant(node, 2)?.data[0] !== 0) {
      throw importer.fail(node, 'may drop values also in use', 'Export the network in evaluation mode.');
    }
    const stored = node.inputs[1] ? importer.floats(node, 1, 'ratio').data[0] : undefined;
    const rate = stored ?? floatAttr(node, 'ratio', 0.5);
    importer.add(node, { op: 'Dropout', inputs: [input], attrs: { rate } });
  },
};
