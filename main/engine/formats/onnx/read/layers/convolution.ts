import { intAttr } from '../attributes.ts';
import type { LayerReader, LayerReaders } from './reader.ts';
import { windowAttrs } from './windows.ts';

const conv: LayerReader = (importer, node) => {
  const input = importer.value(node);
  const weight = importer.floats(node, 1, 'weight');
  const bias = node.inputs[2] ? importer.floats(node, 2, 'bias') : undefined;
  importer.add(node, {
    op: 'Conv2D',
    inputs: [input],
    attrs: { ...windowAttrs(importer, node, input, weight.shape.slice(2)), group: intAttr(node, 'group', 1) },
    params: {
      weight: importer.param(node, 1, 'weight', weight),
      ...(bias && { bias: importer.param(node, 2, 'bias', bias) }),
    },
  });
};

export const convolution: LayerReaders = { Conv: conv };
