import { floatAttr, intAttr } from '../attributes.ts';
import type { Constant } from '../constant.ts';
import { transposed } from '../fold.ts';
import type { Importer } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import type { LayerReaders } from './reader.ts';

type Floats = Constant & { readonly kind: 'float' };

function matrix(importer: Importer, node: ReadNode): Floats {
  const weight = importer.floats(node, 1, 'second matrix');
  if (weight.shape.length !== 2) {
    throw importer.fail(
      node,
      `multiplies with a constant of rank ${weight.shape.length}; only matrices are supported`,
    );
  }
  return weight;
}

const turned = (weight: Floats): Floats => transposed(weight, [1, 0]) as Floats;
const scaled = (x: Floats, by: number): Floats =>
  by === 1 ? x : { ...x, data: x.data.map((value) => value * by) };

/** A bias as one number for each unit; a single number goes to all of them. */
export function perUnit(bias: Floats, units: number): Floats | undefined {
  const { data } = bias;
  const flat = bias.shape.every((dim, i) => dim === 1 || i === bias.shape.length - 1);
  if (!flat || (data.length !== units && data.length !== 1)) return undefined;
  return {
    kind: 'float',
    shape: [units],
    data: data.length === units ? data : new Float32Array(units).fill(data[0] ?? 0),
  };
}

export const dense: LayerReaders = {
  Gemm(importer, node) {
    if (intAttr(node, 'transA', 0) !== 0)
      throw importer.fail(node, 'transposes its input, which is not supported');
    const stored = matrix(importer, node);
    const weight = scaled(
      intAttr(node, 'transB', 0) === 0 ? turned(stored) : stored,
      floatAttr(node, 'alpha', 1),
    );
    const given = node.inputs[2] ? importer.floats(node, 2, 'bias') : undefined;
    const bias = given && perUnit(scaled(given, floatAttr(node, 'beta', 1)), weight.shape[0] ?? 0);
    if (given !== undefined && bias === undefined) {
      throw importer.fail(
        node,
        `has a bias of shape [${given.shape.join(', ')}], which is not one number for each unit`,
      );
    }
    importer.add(node, {
      op: 'Dense',
      inputs: [importer.value(node)],
      params: {
        weight: importer.param(node, 1, 'weight', weight),
        ...(bias && { bias: importer.param(node, 2, 'bias', bias) }),
      },
    });
  },

  MatMul(importer, node) {
    const input = importer.value(node);
    const weight = turned(matrix(importer, node));
    importer.add(node, {
      op: 'Dense',
      inputs: [input],
      params: { weight: importer.param(node, 1, 'weight', weight) },
    });
  },
};
