import type { ParamRole } from '../../../../network/graph.ts';
import { intAttr } from '../attributes.ts';
import type { FloatConstant } from '../constant.ts';
import type { Importer, Value } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import { perUnit } from './dense.ts';
import type { LayerReader, LayerReaders } from './reader.ts';

/** A binary operator on two values, or on a value and a stored constant. */
function binary(op: string): LayerReader {
  return (importer, node) => {
    if (node.inputs.length !== 2)
      throw importer.fail(node, `has ${node.inputs.length} inputs; only two are supported`);
    const first = importer.isConstant(node.inputs[0] ?? '');
    if (!first && !importer.isConstant(node.inputs[1] ?? '')) {
      importer.add(node, { op, inputs: [importer.value(node, 0), importer.value(node, 1)] });
      return;
    }
    const index = first ? 0 : 1;
    const value = importer.value(node, 1 - index);
    const constant = aligned(importer, node, value, numbers(importer, node, index, op));
    if (op === 'Add' && becomesBias(importer, node, index, value, constant)) return;
    const role = roleOf(importer, node.inputs[index] ?? '', op, value, constant);
    importer.add(node, {
      op,
      inputs: [value],
      attrs: { constantFirst: first },
      params: { constant: importer.param(node, index, role, withoutBatch(importer, value, constant)) },
    });
  };
}

/** The stored operand; an exponent may be an integer. */
function numbers(importer: Importer, node: ReadNode, index: number, op: string): FloatConstant {
  const found = op === 'Pow' ? importer.constant(node, index) : undefined;
  if (found?.kind !== 'integer') return importer.floats(node, index, 'constant');
  return { kind: 'float', shape: found.shape, data: Float32Array.from(found.data) };
}

/**
 * What a stored operand is for. Factors and summands inside the network were trained (a layer's scale, an embedding of
 * positions); those before its first weights are the normalisation of the data, and single numbers are constants.
 */
function roleOf(
  importer: Importer,
  name: string,
  op: string,
  value: Value,
  constant: FloatConstant,
): ParamRole {
  if (constant.data.length === 1 || !importer.isStored(name) || !importer.isLearned(value)) return 'constant';
  return op === 'Mul' ? 'scale' : op === 'Add' ? 'shift' : 'constant';
}

/** A file for one sample may have constants with axes before those of the value. */
function withoutBatch(importer: Importer, value: Value, constant: FloatConstant): FloatConstant {
  const more = constant.shape.length - value.shape.length;
  if (more <= 0 || importer.batchIsOpen || constant.shape.slice(0, more).some((dim) => dim !== 1)) {
    return constant;
  }
  return { ...constant, shape: constant.shape.slice(more) };
}

/** Before opset 7, an operand that is smaller was put at an axis, and only where the node said so. */
function aligned(importer: Importer, node: ReadNode, value: Value, constant: FloatConstant): FloatConstant {
  if (importer.model.opset >= 7 || intAttr(node, 'broadcast', 0) === 0) return constant;
  const rank = value.shape.length;
  const axis = intAttr(node, 'axis', rank - constant.shape.length);
  const after = rank - (axis < 0 ? axis + rank : axis) - constant.shape.length;
  if (after < 0) throw importer.fail(node, `puts its constant at axis ${axis}, where it does not fit`);
  return { ...constant, shape: [...constant.shape, ...Array<number>(after).fill(1)] };
}

/** Other programs write a layer's bias as an addition of its own: it is put back, so that it trains as one. */
function becomesBias(
  importer: Importer,
  node: ReadNode,
  index: number,
  value: Value,
  constant: FloatConstant,
): boolean {
  const source = importer.soleSource(value);
  const output = node.outputs[0];
  if (source === undefined || output === undefined || source.layer.params['bias'] !== undefined) return false;
  const { op } = source.layer;
  if (op !== 'Dense' && op !== 'Conv2D') return false;
  const units = (op === 'Conv2D' ? value.shape[1] : value.shape.at(-1)) ?? 0;
  const last = op === 'Conv2D' ? channelsLast(constant) : constant;
  // More axes than the value has would change its shape.
  const bias = constant.shape.length <= value.shape.length ? last && perUnit(last, units) : undefined;
  if (bias === undefined) return false;
  const params = { ...source.layer.params, bias: importer.param(node, index, 'bias', bias) };
  source.replace({ ...source.layer, params }, output);
  return true;
}

/** [channels, 1, 1] or [1, channels, 1, 1] as [channels]; a single number stays one. */
function channelsLast(constant: FloatConstant): FloatConstant | undefined {
  const { shape, data } = constant;
  if (data.length === 1) return constant;
  const channels = shape.at(-3);
  return channels === data.length ? { ...constant, shape: [channels] } : undefined;
}

/** An operator on any number of values, as a chain of operators on two. */
function chain(op: string): LayerReader {
  return (importer, node) => {
    const [first, ...others] = node.inputs.map((_, i) => importer.value(node, i));
    if (first === undefined) throw importer.fail(node, 'has no inputs');
    if (others.length === 0) importer.add(node, { op: 'Identity', inputs: [first] });
    others.reduce((sum, value, i) => {
      const output = i < others.length - 1 ? importer.helperName(node, `part${i}`) : undefined;
      return importer.add(node, { op, inputs: [sum, value], output });
    }, first);
  };
}

/** The mean of several values. */
const mean: LayerReader = (importer, node) => {
  const parts = node.inputs.map((_, i) => importer.value(node, i));
  const [first, ...others] = parts;
  if (first === undefined) throw importer.fail(node, 'has no inputs');
  const sum = others.reduce(
    (a, b) => importer.add(node, { op: 'Add', inputs: [a, b], output: importer.helperName(node, 'sum') }),
    first,
  );
  const share: FloatConstant = { kind: 'float', shape: [], data: Float32Array.of(1 / parts.length) };
  const constant = importer.keep(importer.freeName(`${node.outputs[0] ?? ''}/share`), share, 'constant');
  importer.add(node, { op: 'Mul', inputs: [sum], params: { constant } });
};

/** Two operands, one of which may be stored, go the way of arithmetic; more must all be values. */
const pairOrChain =
  (op: string): LayerReader =>
  (importer, node) =>
    (node.inputs.length === 2 ? binary(op) : chain(op))(importer, node);

export const arithmetic: LayerReaders = {
  Add: binary('Add'),
  Sub: binary('Sub'),
  Mul: binary('Mul'),
  Div: binary('Div'),
  Pow: binary('Pow'),
  Sum: pairOrChain('Add'),
  Max: pairOrChain('Max'),
  Min: pairOrChain('Min'),
  Mean: mean,
};
