import type { Node } from '../../../../network/graph.ts';
import { axisAttr, flagAttr } from '../../../../network/node-reading.ts';
import type { LayerValue } from '../layer.ts';
import type { LayerEmitter, LayerEmitters, LayersWriter } from '../writer.ts';

/** A number, or one for each channel or feature, where a constant is that. */
function channels(writer: LayersWriter, node: Node): number[] | undefined {
  const { shape, data } = writer.param(node, 'constant').tensor;
  const value = writer.shape(node.inputs[0] ?? '');
  if (data.length === 1 && shape.length <= value.length) return [...data];
  const [axis, size] = value.length === 4 ? [1, value[1]] : [value.length - 1, value.at(-1)];
  const at = shape.length - value.length + axis;
  return writer.dialect.rescalesChannels && shape[at] === size && data.length === size
    ? [...data]
    : undefined;
}

/** x * scale + offset, for an operation with a constant. */
function rescaling(op: string, writer: LayersWriter, node: Node, inputs: readonly LayerValue[]): LayerValue {
  const list = channels(writer, node);
  const first = flagAttr(node, 'constantFirst', false);
  const single = (values: number[]) => (values.length === 1 ? values[0] : values);
  const layer = (scale: number[], offset: number[]) =>
    writer.layer('Rescaling', { scale: single(scale), offset: single(offset) }, inputs);
  if (list !== undefined) {
    if (op === 'Mul') return layer(list, [0]);
    if (op === 'Add') return layer([1], list);
    if (op === 'Sub')
      return first
        ? layer([-1], list)
        : layer(
            [1],
            list.map((value) => -value),
          );
    if (op === 'Div' && !first)
      return layer(
        list.map((value) => 1 / value),
        [0],
      );
  }
  const { shape } = writer.param(node, 'constant').tensor;
  throw writer.refuse(node, `has a constant of shape [${shape.join(', ')}], for which there is no layer`);
}

/** An operation on two values, or on one and a constant. */
function merge(op: string, className: string | undefined): LayerEmitter {
  return (writer, node, inputs) => {
    if (node.params['constant'] !== undefined) return rescaling(op, writer, node, inputs);
    const [a = 0, b = 0] = node.inputs.map((name) => writer.shape(name).length);
    if (a !== b) throw writer.refuse(node, 'combines values of different rank, for which there is no layer');
    if (className === undefined || (className === 'Subtract' && !writer.dialect.subtracts)) {
      throw writer.refuse(node, `is an operation that ${writer.dialect.label} does not know`);
    }
    return writer.layer(className, {}, inputs);
  };
}

export const merging: LayerEmitters = {
  Add: merge('Add', 'Add'),
  Mul: merge('Mul', 'Multiply'),
  Max: merge('Max', 'Maximum'),
  Min: merge('Min', 'Minimum'),
  Sub: merge('Sub', 'Subtract'),
  Div: merge('Div', undefined),

  Concat(writer, node, inputs) {
    const { length: rank } = writer.shape(node.inputs[0] ?? '');
    const axis = writer.axis(rank, axisAttr(node, 'axis', rank, 1));
    return writer.layer('Concatenate', { axis: axis === rank - 1 ? -1 : axis }, inputs);
  },
};
