import { floatAttr, intAttr } from '../attributes.ts';
import type { Importer, Value } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import type { LayerReaders } from './reader.ts';
import { onImage } from './windows.ts';

/** Roles of a BatchNormalization's inputs after the first. */
const roles = ['scale', 'shift', 'mean', 'variance'] as const;

function groupNorm(
  importer: Importer,
  node: ReadNode,
  groups: number,
  names: readonly ['scale', 'shift'],
): void {
  const input = importer.value(node);
  const channels = input.shape[1] ?? 1;
  const params = names.map((role, i) => {
    const values = importer.floats(node, i + 1, role);
    const each = channels / values.data.length;
    const data =
      each === 1
        ? values.data
        : Float32Array.from({ length: channels }, (_, at) => values.data[Math.floor(at / each)] ?? NaN);
    return [role, importer.param(node, i + 1, role, { kind: 'float', shape: [channels], data })] as const;
  });
  importer.add(node, {
    op: 'GroupNorm',
    inputs: [input],
    attrs: { groups, epsilon: floatAttr(node, 'epsilon', 1e-5) },
    params: Object.fromEntries(params),
  });
}

export const normalization: LayerReaders = {
  LayerNormalization(importer, node) {
    const input = importer.value(node);
    if (importer.isRead(node, 1) || importer.isRead(node, 2))
      throw importer.fail(node, 'also gives its statistics');
    const shift = node.inputs[2] ? importer.floats(node, 2, 'shift') : undefined;
    importer.add(node, {
      op: 'LayerNorm',
      inputs: [input],
      attrs: { axis: intAttr(node, 'axis', -1), epsilon: floatAttr(node, 'epsilon', 1e-5) },
      params: {
        scale: importer.param(node, 1, 'scale', importer.floats(node, 1, 'scale')),
        ...(shift && { shift: importer.param(node, 2, 'shift', shift) }),
      },
    });
  },

  LRN(importer, node) {
    importer.add(node, {
      op: 'LRN',
      inputs: [importer.value(node)],
      attrs: {
        size: intAttr(node, 'size', 1),
        alpha: floatAttr(node, 'alpha', 1e-4),
        beta: floatAttr(node, 'beta', 0.75),
        bias: floatAttr(node, 'bias', 1),
      },
    });
  },

  InstanceNormalization(importer, node) {
    const input = importer.value(node);
    groupNorm(importer, node, input.shape[1] ?? 1, ['scale', 'shift']);
  },

  /** Since opset 21 the scale is for each channel, before it was for each group. */
  GroupNormalization(importer, node) {
    groupNorm(importer, node, intAttr(node, 'num_groups', 1), ['scale', 'shift']);
  },

  LpNormalization(importer, node) {
    const input = importer.value(node);
    const axis = intAttr(node, 'axis', -1);
    const helper = (what: string) => importer.helperName(node, what);
    const add = (op: string, inputs: readonly Value[], what: string, attrs = {}) =>
      importer.add(node, { op, inputs, attrs, output: helper(what) });
    const attrs = { axes: [axis], keepdims: true };
    const size =
      intAttr(node, 'p', 2) === 1
        ? add('ReduceSum', [add('Abs', [input], 'abs')], 'sum', attrs)
        : add('Sqrt', [add('ReduceSum', [add('Mul', [input, input], 'square')], 'sum', attrs)], 'norm');
    importer.add(node, { op: 'Div', inputs: [input, size] });
  },

  BatchNormalization(importer, node) {
    if (intAttr(node, 'training_mode', 0) !== 0 || intAttr(node, 'spatial', 1) !== 1) {
      throw importer.fail(
        node,
        'normalises by its own batch, or each position by itself, which is not supported',
        'Export the network in evaluation mode.',
      );
    }
    const params = roles.map((role, i) => [
      role,
      importer.param(node, i + 1, role, importer.floats(node, i + 1, role)),
    ]);
    onImage(importer, node, importer.value(node), (image, output) =>
      importer.add(node, {
        op: 'BatchNorm',
        inputs: [image],
        // ONNX's momentum is the share of the old value.
        attrs: { epsilon: floatAttr(node, 'epsilon', 1e-5), momentum: 1 - floatAttr(node, 'momentum', 0.9) },
        params: Object.fromEntries(params) as Record<string, string>,
        output,
      }),
    );
  },
};
