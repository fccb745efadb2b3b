import { intAttr, intsAttr, textAttr } from '../attributes.ts';
import type { LayerReader, LayerReaders } from './reader.ts';
import { kernelOfImage, onImage, windowAttrs } from './windows.ts';

const conv: LayerReader = (importer, node) => {
  const input = importer.value(node);
  const stored = importer.floats(node, 1, 'weight');
  const kernel = kernelOfImage(stored.shape.slice(2));
  const weight = { ...stored, shape: [...stored.shape.slice(0, 2), ...kernel] };
  const bias = node.inputs[2] ? importer.floats(node, 2, 'bias') : undefined;
  onImage(importer, node, input, (image, output) =>
    importer.add(node, {
      op: 'Conv2D',
      inputs: [image],
      attrs: { ...windowAttrs(importer, node, image, kernel), group: intAttr(node, 'group', 1) },
      params: {
        weight: importer.param(node, 1, 'weight', weight),
        ...(bias && { bias: importer.param(node, 2, 'bias', bias) }),
      },
      output,
    }),
  );
};

/** Padding may be given by the size of the output instead. */
const convTranspose: LayerReader = (importer, node) => {
  const input = importer.value(node);
  const weight = importer.floats(node, 1, 'weight');
  const kernel = weight.shape.slice(2);
  const autoPad = textAttr(node, 'auto_pad', 'NOTSET');
  const dilations = intsAttr(node, 'dilations') ?? [1, 1];
  if (input.shape.length !== 4 || kernel.length !== 2) {
    throw importer.fail(node, 'works on something else than images');
  }
  if (intAttr(node, 'group', 1) !== 1 || dilations.some((dilation) => dilation !== 1)) {
    throw importer.fail(node, 'is grouped or dilated, which is not supported');
  }
  if (autoPad !== 'NOTSET' || intsAttr(node, 'output_shape') !== undefined) {
    throw importer.fail(node, 'works out its padding from its output, which is not supported');
  }
  const bias = node.inputs[2] ? importer.floats(node, 2, 'bias') : undefined;
  importer.add(node, {
    op: 'ConvTranspose2D',
    inputs: [input],
    attrs: {
      strides: intsAttr(node, 'strides') ?? [1, 1],
      pads: intsAttr(node, 'pads') ?? [0, 0, 0, 0],
      outputPadding: intsAttr(node, 'output_padding') ?? [0, 0],
    },
    params: {
      weight: importer.param(node, 1, 'weight', weight),
      ...(bias && { bias: importer.param(node, 2, 'bias', bias) }),
    },
  });
};

export const convolution: LayerReaders = { Conv: conv, ConvTranspose: convTranspose };
