import { floatAttr, intAttr } from '../attributes.ts';
import type { FloatConstant } from '../constant.ts';
import type { Importer } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import { batchConstant } from './batch-constant.ts';
import type { LayerReaders } from './reader.ts';

const scaled = (x: FloatConstant, by: number): FloatConstant =>
  by === 1 ? x : { ...x, data: x.data.map((value) => value * by) };

/** A bias as one number for each unit; a single number goes to all of them. */
export function perUnit(bias: FloatConstant, units: number): FloatConstant | undefined {
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
    const turned = intAttr(node, 'transB', 0) === 0;
    const weight = scaled(importer.matrix(node, 1, turned), floatAttr(node, 'alpha', 1));
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
    if (importer.isConstant(node.inputs[0] ?? '')) {
      constantFirst(importer, node);
      return;
    }
    const input = importer.value(node);
    if (!importer.isConstant(node.inputs[1] ?? '')) {
      importer.add(node, { op: 'MatMul', inputs: [input, importer.value(node, 1)] });
      return;
    }
    const shape = importer.shapeOfConstant(node.inputs[1] ?? '');
    if (shape.length > 2 && shape.slice(0, -2).some((dim) => dim !== 1)) {
      // A matrix for each entry of some axis, such as each head.
      const sample = [...input.shape.slice(1, input.shape.length - shape.length), ...shape].slice(
        shape.length === input.shape.length ? 1 : 0,
      );
      const matrices = { ...importer.floats(node, 1, 'matrices'), shape: [1, ...sample] };
      importer.add(node, { op: 'MatMul', inputs: [input, batchConstant(importer, node, 1, matrices)] });
      return;
    }
    const weight = importer.matrix(node, 1, true);
    importer.add(node, {
      op: 'Dense',
      inputs: [input],
      params: { weight: importer.param(node, 1, 'weight', weight) },
    });
  },
};

/** W x, as (x^T W^T)^T: a layer that mixes tokens instead of features. */
function constantFirst(importer: Importer, node: ReadNode): void {
  const input = importer.value(node, 1);
  const rank = input.shape.length;
  const weight = importer.matrix(node, 0, false);
  if (rank < 3) throw importer.fail(node, 'multiplies the batch with a matrix');
  const perm = input.shape.map((_, i) => (i < rank - 2 ? i : i === rank - 2 ? rank - 1 : rank - 2));
  const turned = importer.add(node, {
    op: 'Transpose',
    inputs: [input],
    attrs: { perm },
    output: importer.helperName(node, 'turned'),
  });
  const made = importer.add(node, {
    op: 'Dense',
    inputs: [turned],
    params: { weight: importer.param(node, 0, 'weight', weight) },
    output: importer.helperName(node, 'made'),
  });
  importer.add(node, { op: 'Transpose', inputs: [made], attrs: { perm } });
}
