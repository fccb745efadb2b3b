import { floatAttr, intAttr } from '../attributes.ts';
import type { LayerReaders } from './reader.ts';

/** Roles of a BatchNormalization's inputs after the first. */
const roles = ['scale', 'shift', 'mean', 'variance'] as const;

export const normalization: LayerReaders = {
  LayerNormalization(importer, node) {
    const input = importer.value(node);
    if (node.outputs.length > 1) throw importer.fail(node, 'also gives its statistics');
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
    importer.add(node, {
      op: 'BatchNorm',
      inputs: [importer.value(node)],
      // ONNX's momentum is the share of the old value.
      attrs: { epsilon: floatAttr(node, 'epsilon', 1e-5), momentum: 1 - floatAttr(node, 'momentum', 0.9) },
      params: Object.fromEntries(params) as Record<string, string>,
    });
  },
};
