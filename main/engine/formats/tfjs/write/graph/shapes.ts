import type { Node } from '../../../../network/graph.ts';
import { axisAttr, axisOf, integersAttr, numberAttr } from '../../../../network/node-reading.ts';
import { OURS, sameOrder, THEIRS } from '../../../keras/order.ts';
import { float, int32, integer } from './attributes.ts';
import type { GraphEmitters, GraphWriter } from './writer.ts';
import { cut } from './windows.ts';

const source = (node: Node) => node.inputs[0] ?? '';
const target = (node: Node) => node.outputs[0] ?? '';

function reshape(writer: GraphWriter, node: Node): void {
  const [, ...sample] = writer.shape(target(node));
  const free = sameOrder(writer.shape(source(node)));
  const input = free ? writer.any(source(node)).tensor : writer.get(source(node), 'first');
  writer.make(node, 'first', 'Reshape', [input, writer.ints([-1, ...sample])], { T: float, Tshape: int32 });
}

/** A list of our axes, in the order of a form. */
const inForm = <T>(values: readonly T[], last: boolean): T[] =>
  last ? OURS.map((axis) => values[axis] as T) : [...values];

export const shapes: GraphEmitters = {
  Flatten: reshape,
  Reshape: reshape,

  Transpose(writer, node) {
    const perm = integersAttr(node, 'perm');
    // Between channels first and last only the name of the order changes.
    if (perm.join() === OURS.join()) writer.set(target(node), 'first', writer.get(source(node), 'last'));
    else if (perm.join() === THEIRS.join()) {
      writer.set(target(node), 'last', writer.get(source(node), 'first'));
    } else {
      const made = writer.transposed(writer.get(source(node), 'first'), perm, '');
      writer.set(target(node), 'first', made);
    }
  },

  Pad(writer, node) {
    const { form, tensor } = writer.any(source(node));
    const { length: rank } = writer.shape(source(node));
    const pads = integersAttr(node, 'pads');
    const pairs = Array.from({ length: rank }, (_, axis) => [pads[axis] ?? 0, pads[axis + rank] ?? 0]);
    const list = writer.ints(inForm(pairs, form === 'last').flat(), [rank, 2]);
    const value = numberAttr(node, 'value', 0);
    const attr = { T: float, Tpaddings: int32 };
    if (value === 0) writer.make(node, form, 'Pad', [tensor, list], attr);
    else writer.make(node, form, 'PadV2', [tensor, list, writer.scalar(value)], attr);
  },

  Concat(writer, node) {
    const { length: rank } = writer.shape(source(node));
    const last = rank === 4 && node.inputs.some((name) => writer.any(name).form === 'last');
    const axis = axisAttr(node, 'axis', rank, 1);
    const input = node.inputs.map((name) => writer.get(name, last ? 'last' : 'first'));
    const place = writer.ints([last ? (THEIRS[axis] ?? 0) : axis], []);
    const attr = { T: float, Tidx: int32, N: integer(input.length) };
    writer.make(node, last ? 'last' : 'first', 'ConcatV2', [...input, place], attr);
  },

  Split(writer, node) {
    const { length: rank } = writer.shape(source(node));
    const axis = axisAttr(node, 'axis', rank, 1);
    const { form, tensor } = writer.any(source(node));
    let at = 0;
    integersAttr(node, 'sizes').forEach((size, i) => {
      const whole = Array.from({ length: rank }, () => [0, -1]);
      const ranges = inForm(whole.with(axis, [at, size]), form === 'last');
      at += size;
      const begin = ranges.map(([start = 0]) => start);
      const sizes = ranges.map(([, length = -1]) => length);
      writer.set(node.outputs[i] ?? '', form, cut(writer, tensor, begin, sizes, `part${i + 1}`));
    });
  },

  Slice(writer, node) {
    const shape = writer.shape(source(node));
    const made = writer.shape(target(node));
    const { form, tensor } = writer.any(source(node));
    const starts = integersAttr(node, 'starts');
    const axes = integersAttr(node, 'axes', [...starts.keys()]).map((axis) =>
      axisOf(node, axis, shape.length),
    );
    const steps = integersAttr(node, 'steps', []);
    const parts = shape.map((size, axis) => {
      const i = axes.indexOf(axis);
      const first = starts[i] ?? 0;
      const start = i < 0 ? 0 : Math.min(Math.max(first < 0 ? first + size : first, 0), size);
      return { start, step: i < 0 ? 1 : (steps[i] ?? 1), count: axis === 0 ? -1 : (made[axis] ?? 1) };
    });
    const ranges = inForm(parts, form === 'last');
    const begin = ranges.map(({ start }) => start);
    if (ranges.every(({ step }) => step === 1)) {
      const sizes = ranges.map(({ count }) => count);
      writer.set(target(node), form, cut(writer, tensor, begin, sizes, ''));
      return;
    }
    const ends = ranges.map(({ start, step, count }) => (count < 0 ? 0 : start + (count - 1) * step + 1));
    const lists = [begin, ends, ranges.map(({ step }) => step)].map((list) => writer.ints(list));
    writer.make(node, form, 'StridedSlice', [tensor, ...lists], {
      ...{ T: float, Index: int32 },
      // The batch is taken whole.
      ...{ begin_mask: integer(1), end_mask: integer(1) },
      ...{ ellipsis_mask: integer(0), new_axis_mask: integer(0), shrink_axis_mask: integer(0) },
    });
  },
};
