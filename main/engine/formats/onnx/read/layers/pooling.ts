import { intAttr, intsAttr } from '../attributes.ts';
import type { Importer, Value } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import type { LayerReaders } from './reader.ts';
import { kernelOfImage, onImage, windowAttrs } from './windows.ts';

function pool(importer: Importer, node: ReadNode, op: string, more: Record<string, boolean> = {}): void {
  const input = importer.value(node);
  const kernel = kernelOfImage(intsAttr(node, 'kernel_shape') ?? []);
  if (importer.isRead(node, 1)) {
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

/** Bound on the places of a dilated window, each of which becomes a layer. */
const MAX_PLACES = 64;

/** A dilated maximum as the maximum of shifted images, since the layer has no gaps. */
function dilatedMax(importer: Importer, node: ReadNode, image: Value, kernel: readonly number[]): Value {
  const { strides, pads, dilations } = windowAttrs(importer, node, image, kernel);
  const [rows = 1, columns = 1] = kernel;
  if (rows * columns > MAX_PLACES) throw importer.fail(node, `is dilated with ${rows * columns} places`);
  const [top = 0, left = 0, bottom = 0, right = 0] = pads;
  const helper = () => importer.helperName(node, 'shifted');
  const padded = importer.add(node, {
    op: 'Pad',
    inputs: [image],
    // Padding never wins: below every float32 that a network makes.
    attrs: { pads: [0, 0, top, left, 0, 0, bottom, right], value: -3.4028234663852886e38 },
    output: helper(),
  });
  const counts = [0, 1].map((axis) => {
    const extent = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
    return Math.floor(((padded.shape[axis + 2] ?? 0) - extent) / (strides[axis] ?? 1)) + 1;
  });
  const shifted = Array.from({ length: rows * columns }, (_, i) => {
    const starts = [Math.floor(i / columns) * (dilations[0] ?? 1), (i % columns) * (dilations[1] ?? 1)];
    const ends = starts.map((start, axis) => start + ((counts[axis] ?? 1) - 1) * (strides[axis] ?? 1) + 1);
    const attrs = { starts, ends, axes: [2, 3], steps: [...strides] };
    return importer.add(node, { op: 'Slice', inputs: [padded], attrs, output: helper() });
  });
  return shifted.reduce((a, b) => importer.add(node, { op: 'Max', inputs: [a, b], output: helper() }));
}

export const pooling: LayerReaders = {
  MaxPool(importer, node) {
    const dilated = intsAttr(node, 'dilations')?.some((dilation) => dilation !== 1) ?? false;
    const kernel = kernelOfImage(intsAttr(node, 'kernel_shape') ?? []);
    if (!dilated) pool(importer, node, 'MaxPool');
    else {
      onImage(importer, node, importer.value(node), (image, output) =>
        importer.add(node, {
          op: 'Identity',
          inputs: [dilatedMax(importer, node, image, kernel)],
          output,
        }),
      );
    }
  },

  /** With `ceil_mode`, a window may reach beyond the padding, which counts as zeros where the node says so; beyond never does. */
  AveragePool(importer, node) {
    const countIncludePad = intAttr(node, 'count_include_pad', 0) === 1;
    if (!countIncludePad || intAttr(node, 'ceil_mode', 0) !== 1) {
      pool(importer, node, 'AvgPool', { countIncludePad });
      return;
    }
    const kernel = kernelOfImage(intsAttr(node, 'kernel_shape') ?? []);
    onImage(importer, node, importer.value(node), (image, output) => {
      const { strides, pads } = windowAttrs(importer, node, image, kernel);
      const floor = { ...node, attrs: new Map(node.attrs).set('ceil_mode', 0) };
      const stated = windowAttrs(importer, floor, image, kernel).pads;
      const padded = importer.add(node, {
        op: 'Pad',
        inputs: [image],
        attrs: { pads: [0, 0, ...stated.slice(0, 2), 0, 0, ...stated.slice(2)], value: 0 },
        output: importer.helperName(node, 'padded'),
      });
      const beyond = pads.map((pad, i) => pad - (stated[i] ?? 0));
      const attrs = { kernel, strides, pads: beyond, countIncludePad: false };
      return importer.add(node, { op: 'AvgPool', inputs: [padded], attrs, output });
    });
  },

  GlobalAveragePool: (importer, node) => globalAverage(importer, node, true),

  GlobalMaxPool(importer, node) {
    const input = importer.value(node);
    if (input.shape.length === 4) {
      importer.add(node, { op: 'MaxPool', inputs: [input], attrs: { kernel: input.shape.slice(2) } });
    } else {
      const axes = input.shape.map((_, i) => i).slice(2);
      importer.add(node, { op: 'ReduceMax', inputs: [input], attrs: { axes, keepdims: true } });
    }
  },
};
