import type { Node } from '../../../../network/graph.ts';
import { countAttr, flagAttr, integersAttr } from '../../../../network/node-reading.ts';
import { hasPads, type Window, windowOf } from '../../../../network/window.ts';
import { reorder, withShape } from '../../../keras/reorder.ts';
import { paddedAsSame } from '../../../keras/write/layers/windows.ts';
import type { GraphAttr } from './attributes.ts';
import { float, integers, int32, text } from './attributes.ts';
import type { GraphEmitters, GraphWriter } from './writer.ts';

/** Less than anything that a network computes, and a number in every program. */
const LOWEST = -3.4028234663852886e38;

const source = (node: Node) => node.inputs[0] ?? '';

function attributes({ strides, dilations, pads }: Window, same: boolean): Record<string, GraphAttr> {
  const [top, left, bottom, right] = pads;
  const explicit = !same && Math.max(...pads) > 0;
  return {
    T: float,
    strides: integers([1, ...strides, 1]),
    dilations: integers([1, ...dilations, 1]),
    data_format: text('NHWC'),
    padding: text(explicit ? 'EXPLICIT' : same ? 'SAME' : 'VALID'),
    ...(explicit && { explicit_paddings: integers([0, 0, top, bottom, left, right, 0, 0]) }),
  };
}

function conv(writer: GraphWriter, node: Node): void {
  const [units = 1, ins = 1, ...kernel] = writer.tensor(node, 'weight').shape;
  const window = windowOf(node, kernel);
  const group = countAttr(node, 'group', 1);
  if (Math.max(...window.strides) > 1 && Math.max(...window.dilations) > 1) {
    throw writer.refuse(node, 'has both strides and gaps in its kernel, which TensorFlow does not know');
  }
  const attr = attributes(window, hasPads(window) && paddedAsSame(window, writer.shape(source(node))));
  const image = writer.get(source(node), 'last');
  const biased = writer.has(node, 'bias');
  const part = biased || (group > 1 && ins > 1) ? 'product' : '';
  let made: string;
  if (group === 1) {
    const filter = writer.param(node, 'weight', (weight) => reorder(weight, [2, 3, 1, 0]));
    made = writer.add('Conv2D', [image, filter], attr, part);
  } else if (ins === 1) {
    const filter = writer.param(node, 'weight', (weight) =>
      reorder(withShape(weight, [group, units / group, ...kernel]), [2, 3, 0, 1]),
    );
    made = writer.add('DepthwiseConv2dNative', [image, filter], attr, part);
  } else {
    made = grouped(writer, node, image, group, attr, biased ? 'product' : '');
  }
  withBias(writer, node, made);
}

function withBias(writer: GraphWriter, node: Node, made: string): void {
  if (!writer.has(node, 'bias')) writer.set(node.outputs[0] ?? '', 'last', made);
  else {
    const attr = { T: float, data_format: text('NHWC') };
    writer.make(node, 'last', 'BiasAdd', [made, writer.param(node, 'bias')], attr);
  }
}

/** A convolution for each group of channels. */
function grouped(
  writer: GraphWriter,
  node: Node,
  image: string,
  group: number,
  attr: Readonly<Record<string, GraphAttr>>,
  part: string,
): string {
  const { shape, data } = writer.tensor(node, 'weight');
  const [units = 1, ins = 1, ...kernel] = shape;
  const size = data.length / group;
  const parts = Array.from({ length: group }, (_, i) => {
    const input = cut(writer, image, [0, 0, 0, i * ins], [-1, -1, -1, ins]);
    const own = { shape: [units / group, ins, ...kernel], data: data.slice(i * size, (i + 1) * size) };
    return writer.add('Conv2D', [input, writer.floats(reorder(own, [2, 3, 1, 0]))], attr);
  });
  const concat = { T: float, N: { i: String(group) }, Tidx: int32 };
  return writer.add('ConcatV2', [...parts, writer.ints([3], [])], concat, part);
}

/** A part of a tensor; a size of -1 stands for all that follows. */
export function cut(
  writer: GraphWriter,
  tensor: string,
  begin: readonly number[],
  size: readonly number[],
  part?: string,
): string {
  return writer.add(
    'Slice',
    [tensor, writer.ints(begin), writer.ints(size)],
    { T: float, Index: int32 },
    part,
  );
}

/** A shape of which only the size of the batch is open, as that of another value. */
export function batchShape(writer: GraphWriter, like: string, sample: readonly number[]): string {
  const shape = writer.add('Shape', [like], { T: float, out_type: int32 });
  const places = [[0], [1], [1]].map((place) => writer.ints(place));
  const mask = {
    begin_mask: { i: '0' },
    end_mask: { i: '0' },
    ellipsis_mask: { i: '0' },
    new_axis_mask: { i: '0' },
  };
  const batch = writer.add('StridedSlice', [shape, ...places], {
    ...{ T: int32, Index: int32 },
    ...mask,
    shrink_axis_mask: { i: '1' },
  });
  const sizes = sample.map((size) => writer.ints([size], []));
  return writer.add('Pack', [batch, ...sizes], {
    T: int32,
    N: { i: String(sizes.length + 1) },
    axis: { i: '0' },
  });
}

/** Whole, and then without its pads. */
function convTranspose(writer: GraphWriter, node: Node): void {
  const [, units = 1, ...kernel] = writer.tensor(node, 'weight').shape;
  const window = windowOf(node, kernel);
  if (countAttr(node, 'group', 1) > 1 || Math.max(...window.dilations) > 1) {
    throw writer.refuse(node, 'has groups or gaps in its kernel, which transposed ones do not have there');
  }
  const image = writer.get(source(node), 'last');
  const [, height = 1, width = 1] = writer.theirShape(source(node));
  const [, rows = 1, columns = 1] = writer.theirShape(node.outputs[0] ?? '');
  const [top, left] = window.pads;
  const whole = [
    Math.max((height - 1) * window.strides[0] + (kernel[0] ?? 1), top + rows),
    Math.max((width - 1) * window.strides[1] + (kernel[1] ?? 1), left + columns),
  ];
  const filled = whole.some(
    (size, axis) =>
      size - ([height, width][axis] ?? 1) * (window.strides[axis] ?? 1) - (kernel[axis] ?? 1) >= 0,
  );
  if (filled) throw writer.refuse(node, 'has an output padding that TensorFlow does not know');
  const filter = writer.param(node, 'weight', (weight) => reorder(weight, [2, 3, 1, 0]));
  const sizes = batchShape(writer, image, [...whole, units]);
  const biased = writer.has(node, 'bias');
  const crop = whole.join() !== [rows, columns].join();
  const attr = attributes({ ...window, pads: [0, 0, 0, 0] }, false);
  const made = writer.add(
    'Conv2DBackpropInput',
    [sizes, filter, image],
    attr,
    crop || biased ? 'product' : '',
  );
  const cropped = crop
    ? cut(writer, made, [0, top, left, 0], [-1, rows, columns, -1], biased ? 'cropped' : '')
    : made;
  withBias(writer, node, cropped);
}

/** Zeros or other numbers around height and width. */
function padded(writer: GraphWriter, image: string, { pads }: Window, value: number): string {
  const [top, left, bottom, right] = pads;
  const list = writer.ints([0, 0, top, bottom, left, right, 0, 0], [4, 2]);
  const attr = { T: float, Tpaddings: int32 };
  return value === 0
    ? writer.add('Pad', [image, list], attr)
    : writer.add('PadV2', [image, list, writer.scalar(value)], attr);
}

function pooling(writer: GraphWriter, node: Node, { average }: { average: boolean }): void {
  const window = windowOf(node, integersAttr(node, 'kernel'));
  const counts = average && flagAttr(node, 'countIncludePad', false);
  const same = hasPads(window) && !counts && paddedAsSame(window, writer.shape(source(node)));
  const plain = same || !hasPads(window);
  const image = writer.get(source(node), 'last');
  const attr = {
    ...attributes({ ...window, pads: [0, 0, 0, 0] }, same),
    ksize: integers([1, ...window.kernel, 1]),
  };
  const input = plain ? image : padded(writer, image, window, average ? 0 : LOWEST);
  if (!average) writer.make(node, 'last', 'MaxPool', [input], attr);
  else if (plain || counts) writer.make(node, 'last', 'AvgPool', [input], attr);
  else {
    const mean = writer.add('AvgPool', [input], attr);
    writer.make(node, 'last', 'Mul', [mean, writer.floats(coverage(writer, node, window))]);
  }
}

/** [1, height, width, 1]: the window's area over the part of it that lies on the image. */
function coverage(writer: GraphWriter, node: Node, window: Window) {
  const [, height = 1, width = 1] = writer.theirShape(source(node));
  const [, rows = 1, columns = 1] = writer.theirShape(node.outputs[0] ?? '');
  const on = (axis: 0 | 1, size: number, count: number) =>
    Array.from({ length: count }, (_, i) => {
      const start = i * window.strides[axis] - window.pads[axis];
      return Math.min(start + window.kernel[axis], size) - Math.max(start, 0);
    });
  const area = window.kernel[0] * window.kernel[1];
  const across = on(1, width, columns);
  const data = on(0, height, rows).flatMap((row) => across.map((column) => area / (row * column)));
  return { shape: [1, rows, columns, 1], data: Float32Array.from(data) };
}

export const windows: GraphEmitters = {
  Conv2D: conv,
  ConvTranspose2D: convTranspose,
  MaxPool: (writer, node) => pooling(writer, node, { average: false }),
  AvgPool: (writer, node) => pooling(writer, node, { average: true }),
};
