import { floatAttr, intAttr } from '../attributes.ts';
import type { LayerReaders } from './reader.ts';

/** Roles of a BatchNormalization's inputs after the first. */
const roles = ['scale', 'shift', 'mean', 'variance'] as const;

export const normalization: LayerReaders = {
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
