import { padsOf } from '../../../network/ops/pad.ts';
import { cutsOf } from '../../../network/ops/slice.ts';
import { permutationOf } from '../../../network/ops/transpose.ts';
import { axisAttr, numberAttr, onlyInput } from '../../../network/node-reading.ts';
import { constant } from '../kernel.ts';
import { walk } from '../kernels/walk.ts';
import { compactStrides, type Value } from '../value.ts';
import { copy } from './copy.ts';
import { fill } from './fill.ts';
import type { Lowering } from './lowering.ts';
import { at } from './lowering.ts';
import { compacted } from './matrix-layer.ts';
import { tieAll } from './pointwise.ts';

/** A part of a value that begins at an index of an axis. */
const part = (value: Value, axis: number, from: number, shape: readonly number[]) => ({
  ...value,
  shape,
  offset: value.offset + from * (value.strides[axis] ?? 0),
});

/** Another shape of the same numbers: another name, unless gaps lie between them. */
const reshape: Lowering = {
  lower(context, node) {
    const [output = ''] = node.outputs;
    const packed = compacted(context, node, context.value(onlyInput(node, node.inputs)));
    const to = context.value(output);
    const { buffer, offset } = packed;
    const seen = { buffer, offset, shape: to.shape, strides: compactStrides(to.shape) };
    if (to.planes === undefined) context.alias(output, seen);
    else copy(context, node, seen, to);
  },
};

const identity: Lowering = {
  grids: tieAll,
  lower: (context, node) =>
    copy(context, node, context.value(onlyInput(node, node.inputs)), context.value(node.outputs[0] ?? '')),
};

const transpose: Lowering = {
  lower(context, node) {
    const from = context.value(onlyInput(node, node.inputs));
    const to = context.value(node.outputs[0] ?? '');
    const perm = permutationOf(node, to.shape.length + 1).slice(1);
    const strides = perm.map((axis) => from.strides[axis - 1] ?? 0);
    copy(context, node, { ...from, shape: to.shape, strides }, to);
  },
};

const concat: Lowering = {
  lower(context, node) {
    const to = context.value(node.outputs[0] ?? '');
    const axis = axisAttr(node, 'axis', to.shape.length + 1, 1) - 1;
    let from = 0;
    for (const name of node.inputs) {
      const value = context.value(name);
      copy(context, node, value, part(to, axis, from, value.shape));
      from += value.shape[axis] ?? 0;
    }
  },
};

const split: Lowering = {
  lower(context, node) {
    const x = context.value(onlyInput(node, node.inputs));
    const axis = axisAttr(node, 'axis', x.shape.length + 1, 1) - 1;
    let from = 0;
    for (const name of node.outputs) {
      const to = context.value(name);
      copy(context, node, part(x, axis, from, to.shape), to);
      from += to.shape[axis] ?? 0;
    }
  },
};

const slice: Lowering = {
  lower(context, node) {
    const x = context.value(onlyInput(node, node.inputs));
    const to = context.value(node.outputs[0] ?? '');
    const strides = [...x.strides];
    let { offset } = x;
    for (const { axis, start, step } of cutsOf(node, [1, ...x.shape])) {
      offset += start * (x.strides[axis - 1] ?? 0);
      strides[axis - 1] = step * (x.strides[axis - 1] ?? 0);
    }
    copy(context, node, { buffer: x.buffer, offset, shape: to.shape, strides }, to);
  },
};

const pad: Lowering = {
  lower(context, node) {
    const x = context.value(onlyInput(node, node.inputs));
    const to = context.value(node.outputs[0] ?? '');
    const before = padsOf(node, x.shape.length + 1)
      .slice(1)
      .map(([count]) => count);
    fill(context, node, to, numberAttr(node, 'value', 0));
    const offset = before.reduce((sum, count, axis) => sum + count * (to.strides[axis] ?? 0), to.offset);
    copy(context, node, x, { ...to, offset, shape: x.shape });
  },
};

/** The same trained values for every sample. */
const batchConstant: Lowering = {
  lower(context, node) {
    const to = context.value(node.outputs[0] ?? '');
    const values = context.param(node, 'bias')?.data ?? new Float32Array();
    const kernel = walk({
      what: 'copy',
      dims: to.shape,
      strides: to.strides,
      operands: [{ name: 'k', kind: 'floats', strides: compactStrides(to.shape) }],
      term: (k) => k ?? constant(0),
    });
    context.call(node, kernel, [at(to), context.floats(values)]);
  },
};

export const moves: Readonly<Record<string, Lowering>> = {
  BatchConstant: batchConstant,
  Concat: concat,
  Dropout: identity,
  Flatten: reshape,
  Identity: identity,
  Pad: pad,
  Reshape: reshape,
  Slice: slice,
  Split: split,
  Transpose: transpose,
};
