import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import type { Node } from '../graph.ts';
import { integersAttr, nodeError, numberAttr, onlyInput } from '../node-reading.ts';
import type { OpSpec } from '../op.ts';

/** Adds `value` (0) around a value. Attribute `pads`: all axes' beginnings, then all axes' ends; the batch gets none. */
export const pad: OpSpec = {
  summary: 'a constant border, also of channels',
  passesSignal: true,
  neverNegative: (node, inputs) => inputs && numberAttr(node, 'value', 0) >= 0,

  infer(node, inputs) {
    const shape = onlyInput(node, inputs);
    return [padsOf(node, shape.length).map(([before, after], i) => before + (shape[i] ?? 0) + after)];
  },

  couple(c) {
    const zero = numberAttr(c.node, 'value', 0) === 0;
    padsOf(c.node, c.rank(0)).forEach(([before], axis) => {
      if (axis === 0) return;
      c.run(c.input(axis), 0, c.output(axis), before);
      if (zero) c.zeros(c.output(axis), [c.input(axis)]);
      const others = padsOf(c.node, c.rank(0)).some((pads, i) => i !== axis && Math.max(...pads) > 0);
      if (!others) c.constants(c.output(axis), [c.input(axis)]);
    });
  },

  resized(node, left) {
    const shape = left.shape(0);
    const counts = padsOf(node, shape.length).map(([before], axis) => {
      const [first, end] = [before, before + (shape[axis] ?? 0)];
      const indices = axis === 0 ? [] : left.output(axis);
      return [indices.filter((i) => i < first).length, indices.filter((i) => i >= end).length] as const;
    });
    return { pads: [...counts.map(([before]) => before), ...counts.map(([, after]) => after)] };
  },

  forward(_, node, inputs) {
    const input = onlyInput(node, inputs);
    const pads = padsOf(node, input.shape.length);
    const value = numberAttr(node, 'value', 0);
    const [batch, channels, height, width] = pads;
    if (input.isChannelsLast && batch && channels && height && width) {
      return [Activation.channelsLast(tf.pad(input.spatial(), [batch, height, width, channels], value))];
    }
    return [Activation.of(tf.pad(input.logical(), pads, value))];
  },

  emit(ctx, node, inputs) {
    const input = onlyInput(node, inputs);
    const pads = padsOf(node, ctx.shape(input).length);
    const listed = [...pads.map(([before]) => before), ...pads.map(([, after]) => after)];
    ctx.node(
      'Pad',
      [input, ctx.int64(listed), ctx.scalar(numberAttr(node, 'value', 0))],
      { mode: 'constant' },
      node.outputs,
    );
  },
};

/** Elements added before and after each axis. */
export function padsOf(node: Node, rank: number): [number, number][] {
  const listed = integersAttr(node, 'pads');
  if (listed.length !== 2 * rank || listed.some((count) => count < 0) || listed[0] || listed[rank]) {
    throw nodeError(node, `needs 'pads' with ${2 * rank} entries, none negative, none for the batch`);
  }
  return Array.from({ length: rank }, (_, axis) => [listed[axis] ?? 0, listed[rank + axis] ?? 0]);
}
