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
    if (old && input.shape.slice(axis + 1).some((dim) => dim !== 1)) {
      throw importer.fail(node, 'works over several axes at once, as it did before opset 13');
    }
    importer.add(node, { op, inputs: [input], attrs: { axis } });
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

  PRelu(importer, node) {
    const input = importer.value(node);
    const slope = importer.floats(node, 1, 'slope');
    // A leading axis of size one stands for the batch.
    const shape = slope.shape.length === input.shape.length ? slope.shape.slice(1) : slope.shape;
    if (slope.shape.length > input.shape.length || slope.data.length !== sizeOf(shape)) {
      throw importer.fail(node, `has a slope of shape [${slope.shape.join(', ')}]`);
    }
    const params = { slope: importer.param(node, 1, 'scale', { ...slope, shape }) };
    importer.add(node, { op: 'PRelu', inputs: [input], params });
  },

  Dropout(importer, node) {
    const input = importer.value(node);
    if (node.inputs[2] && importer.constant(node, 2)?.data[0] !== 0) {
      throw importer.fail(node, 'may drop values also in use', 'Export the network in evaluation mode.');
    }
    const stored = node.inputs[1] ? importer.floats(node, 1, 'ratio').data[0] : undefined;
    const rate = stored ?? floatAttr(node, 'ratio', 0.5);
    importer.add(node, { op: 'Dropout', inputs: [input], attrs: { rate } });
  },
};
