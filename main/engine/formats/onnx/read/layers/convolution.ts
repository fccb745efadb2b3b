import { intAttr, intsAttr, textAttr } from '../attributes.ts';
import type { Importer } from '../importer.ts';
import type { ReadNode } from '../model.ts';
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

/** Strides, dilations, paddings of a transposed convolution, for one axis or two. */
function transposedWindow(
  importer: Importer,
  node: ReadNode,
  sizes: readonly number[],
  kernel: readonly number[],
): Record<string, readonly number[]> {
  const each = (name: string, fallback: number) => intsAttr(node, name) ?? kernel.map(() => fallback);
  const [strides, dilations, more] = [each('strides', 1), each('dilations', 1), each('output_padding', 0)];
  const given = intsAttr(node, 'pads') ?? [...kernel, ...kernel].map(() => 0);
  const wanted = intsAttr(node, 'output_shape')?.slice(-kernel.length);
  const autoPad = textAttr(node, 'auto_pad', 'NOTSET');
  const same = autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER';
  const pads = kernel.map((taps, axis): [before: number, after: number] => {
    const stride = strides[axis] ?? 1;
    const size = sizes[axis] ?? 0;
    const whole = (size - 1) * stride + (taps - 1) * (dilations[axis] ?? 1) + 1 + (more[axis] ?? 0);
    const target = wanted?.[axis] ?? (same ? size * stride : undefined);
    if (target === undefined) {
      return autoPad === 'VALID' ? [0, 0] : [given[axis] ?? 0, given[axis + kernel.length] ?? 0];
    }
    const total = whole - target;
    // More output than the input reaches is zeros at its end.
    if (total < 0) throw importer.fail(node, `makes ${target} of ${size}, more than its window reaches`);
    const half = Math.floor(total / 2);
    return autoPad === 'SAME_UPPER' ? [half, total - half] : [total - half, half];
  });
  const two = (list: readonly number[], neutral: number) => (kernel.length === 1 ? [neutral, ...list] : list);
  const before = pads.map(([first]) => first);
  const after = pads.map(([, second]) => second);
  return {
    strides: two(strides, 1),
    dilations: two(dilations, 1),
    outputPadding: two(more, 0),
    pads: [...two(before, 0), ...two(after, 0)],
  };
}

const convTranspose: LayerReader = (importer, node) => {
  const input = importer.value(node);
  const stored = importer.floats(node, 1, 'weight');
  const kernel = stored.shape.slice(2);
  if (input.shape.length !== kernel.length + 2 || kernel.length < 1 || kernel.length > 2) {
    throw importer.fail(node, `works on ${kernel.length} axes; one or two are supported`);
  }
  const weight = { ...stored, shape: [...stored.shape.slice(0, 2), ...kernelOfImage(kernel)] };
  const bias = node.inputs[2] ? importer.floats(node, 2, 'bias') : undefined;
  const window = transposedWindow(importer, node, input.shape.slice(2), kernel);
  onImage(importer, node, input, (image, output) =>
    importer.add(node, {
      op: 'ConvTranspose2D',
      inputs: [image],
      attrs: { ...window, group: intAttr(node, 'group', 1) },
      params: {
        weight: importer.param(node, 1, 'weight', weight),
        ...(bias && { bias: importer.param(node, 2, 'bias', bias) }),
      },
      output,
    }),
  );
};

export const convolution: LayerReaders = { Conv: conv, ConvTranspose: convTranspose };
