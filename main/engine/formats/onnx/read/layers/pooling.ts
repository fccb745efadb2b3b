import { intAttr, intsAttr } from '../attributes.ts';
import type { Importer } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import type { LayerReaders } from './reader.ts';
import { windowAttrs } from './windows.ts';

function pool(importer: Importer, node: ReadNode, op: string, more: Record<string, boolean> = {}): void {
  const input = importer.value(node);
  const kernel = intsAttr(node, 'kernel_shape') ?? [];
  if (node.outputs.length > 1 && node.outputs[1] !== '') {
    throw importer.fail(node, 'also gives the positions of its maxima, which is not supported');
  }
  importer.add(node, {
    op,
    inputs: [input],
    attrs: { kernel, ...windowAttrs(importer, node, input, kernel), ...more },
  });
}

/** Mean over height and width; without `keepdims` they go away afterwards. */
function globalAverage(importer: Importer, node: ReadNode, keep: boolean): void {
  const input = importer.value(node);
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

  ReduceMean(importer, node) {
    const rank = importer.value(node).shape.length;
    const stored = importer.constant(node, 1);
    const axes = stored === undefined ? intsAttr(node, 'axes') : [...stored.data];
    const counted = axes?.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
    if (rank !== 4 || counted?.join() !== '2,3') {
      throw importer.fail(
        node,
        `takes the mean over axes ${axes?.join(', ')}; only height and width are supported`,
      );
    }
    globalAverage(importer, node, intAttr(node, 'keepdims', 1) === 1);
  },
};
