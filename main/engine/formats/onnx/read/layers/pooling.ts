import { intAttr, intsAttr } from '../attributes.ts';
import type { Importer } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import type { LayerReaders } from './reader.ts';
import { kernelOfImage, onImage, windowAttrs } from './windows.ts';

function pool(importer: Importer, node: ReadNode, op: string, more: Record<string, boolean> = {}): void {
  const input = importer.value(node);
  const kernel = kernelOfImage(intsAttr(node, 'kernel_shape') ?? []);
  if (node.outputs.length > 1 && node.outputs[1] !== '') {
    throw importer.fail(node, 'also gives the positions of its maxima, which is not supported');
  }
  onImage(importer, node, input, (image, output) =>
    importer.add(node, {
      op,
      inputs: [image],
      attrs: { kernel, ...windowAttrs(importer, node, image, kernel), ...more },
      output,
    }),
  );
}

/** Mean over height and width; without `keepdims` they go away afterwards. */
export function globalAverage(importer: Importer, node: ReadNode, keep: boolean): void {
  const input = importer.value(node);
  if (input.shape.length === 3) {
    importer.add(node, { op: 'ReduceMean', inputs: [input], attrs: { axes: [2], keepdims: keep } });
    return;
  }
  const pooled = importer.add(node, {
    op: 'GlobalAvgPool',
    inputs: [input],
    output: keep ? undefined : importer.helperName(node, 'pooled'),
  });
  if (!keep) importer.add(node, { op: 'Flatten', inputs: [pooled] });
}

export const pooling: LayerReaders = {
  MaxPool: (importer, node) => pool(importer, node, 'MaxPool'),

  AveragePool(importer, node) {
    const countIncludePad = intAttr(node, 'count_include_pad', 0) === 1;
    if (countIncludePad && intAttr(node, 'ceil_mode', 0) === 1) {
      throw importer.fail(node, 'counts its padding and rounds up, which is not supported together');
    }
    pool(importer, node, 'AvgPool', { countIncludePad });
  },

  GlobalAveragePool: (importer, node) => globalAverage(importer, node, true),

  GlobalMaxPool(importer, node) {
    const input = importer.value(node);
    importer.add(node, { op: 'MaxPool', inputs: [input], attrs: { kernel: input.shape.slice(2) } });
  },
};
