import { sizeOf } from '../../../../network/graph.ts';
import { intAttr } from '../attributes.ts';
import { BATCH } from '../constant.ts';
import { broadcastPlaces, broadcastShape, MAX_MADE } from '../folds/common.ts';
import type { Importer, Value, View } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import { batchConstant } from './batch-constant.ts';
import { list } from './list.ts';
import { joined, rangesOf } from './ranges.ts';
import type { LayerReaders } from './reader.ts';
import { placeView, plain, reshapedTo, shownShape, viewOf } from './views.ts';

const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

function splitSizes(importer: Importer, node: ReadNode, length: number): number[] {
  const given = list(importer, node, 1, 'split');
  if (given !== undefined) return [...given];
  const parts = node.outputs.length;
  const each = Math.ceil(length / parts);
  return node.outputs.map((_, i) => (i < parts - 1 ? each : length - each * (parts - 1)));
}

/** The axis of the source that an axis of the input is, and the input with that axis by itself. */
function axisIn(
  importer: Importer,
  node: ReadNode,
  given: number,
): { own: number; view: View; axis: number } {
  const noted = viewOf(importer, node);
  const axis = positive(given, noted.axes.length);
  const view = noted.axes[axis]?.length === 1 ? noted : plain(importer, node, noted).view;
  const [own, ...more] = view.axes[axis] ?? [];
  if (own === undefined || own === 0 || more.length > 0) {
    throw importer.fail(node, 'takes samples of the batch, which is not supported');
  }
  return { own, view, axis };
}

const identity = ({ axes }: View): boolean => axes.every((parts, i) => parts.length === 1 && parts[0] === i);

export const selection: LayerReaders = {
  Split(importer, node) {
    const { own, view } = axisIn(importer, node, intAttr(node, 'axis', 0));
    const attrs = { axis: own, sizes: splitSizes(importer, node, view.source.shape[own] ?? 0) };
    if (attrs.sizes.length !== node.outputs.length) {
      throw importer.fail(node, `has ${node.outputs.length} outputs for ${attrs.sizes.length} parts`);
    }
    const layer = { op: 'Split', inputs: [view.source], attrs };
    // Parts that nobody reads have no name.
    const named = node.outputs.map((name) => (name === '' ? importer.helperName(node, 'unused') : name));
    if (identity(view)) importer.addMany(node, layer, named);
    else {
      const names = named.map((name) => importer.freeName(`${name}/part`));
      importer.addMany(node, layer, names).forEach((source, i) => {
        placeView(importer, node, { source, axes: view.axes }, named[i]);
      });
    }
  },

  /** One entry of an axis, or entries in any order. */
  Gather(importer, node) {
    const { own, view, axis } = axisIn(importer, node, intAttr(node, 'axis', 0));
    const size = view.source.shape[own] ?? 0;
    const indices = importer.constant(node, 1);
    if (indices?.kind !== 'integer') throw importer.fail(node, 'computes its indices from the data');
    const positions = [...indices.data].map((at) => positive(at, size));
    if (positions.length === 0 || positions.some((at) => !(at >= 0 && at < size)))
      throw importer.fail(node, 'takes entries that are not there');
    const rank = indices.shape.length;
    const direct = rank === 1 && identity(view);
    const cut = joined(
      importer,
      node,
      view.source,
      own,
      rangesOf(positions),
      direct ? node.outputs[0] : undefined,
    );
    if (direct) return;
    // The axis becomes as many as the indices have: none for a single entry.
    const shape = cut.shape.toSpliced(own, 1, ...indices.shape).slice(1);
    const place = (old: number) => (old > own ? old + rank - 1 : old);
    const made = indices.shape.map((_, i) => [own + i]);
    const axes = view.axes.map((parts) => parts.map(place)).toSpliced(axis, 1, ...made);
    if (identity({ source: cut, axes })) reshapedTo(importer, node, cut, shape, node.outputs[0] ?? '');
    else placeView(importer, node, { source: reshapedTo(importer, node, cut, shape), axes });
  },

  Concat(importer, node) {
    const inputs = node.inputs.map((_, i) => operand(importer, node, i));
    importer.add(node, { op: 'Concat', inputs, attrs: { axis: intAttr(node, 'axis', 1) } });
  },

  Slice(importer, node) {
    const input = importer.value(node);
    const [starts = [], ends = [], axes, steps] = ['starts', 'ends', 'axes', 'steps'].map((name, i) =>
      list(importer, node, i + 1, name)?.map(toSafe),
    );
    const along = axes ?? [...starts.keys()];
    const whole = along.map((axis, i) => {
      // Torch writes cuts that leave all of the batch in place.
      const isAll = positive(axis, input.shape.length) === 0 && starts[i] === 0 && (steps?.[i] ?? 1) === 1;
      return isAll && ((ends[i] ?? 0) >= 2 ** 31 - 1 || (ends[i] ?? 0) <= BATCH / 2);
    });
    const left = along.map((_, i) => i).filter((i) => !whole[i]);
    const pick = (values: readonly number[]) => left.map((i) => values[i] ?? 0);
    if (left.some((i) => (steps?.[i] ?? 1) < 0)) {
      flipped(importer, node, input, left, { starts, ends, axes: along, steps: steps ?? [] });
      return;
    }
    const attrs = {
      starts: pick(starts),
      ends: pick(ends),
      axes: pick(along),
      steps: pick(steps ?? along.map(() => 1)),
    };
    if (left.length === 0) importer.add(node, { op: 'Identity', inputs: [input] });
    else importer.add(node, { op: 'Slice', inputs: [input], attrs });
  },

  /** Of a constant to the size of the batch, or of a value to a larger shape. */
  Expand(importer, node) {
    const wanted = list(importer, node, 1, 'shape') ?? [];
    if (importer.isConstant(node.inputs[0] ?? '')) {
      constantOfBatch(importer, node, wanted);
      return;
    }
    const value = importer.value(node);
    const shape = broadcastShape(
      value.shape,
      wanted.map((dim, i) => (isBatch(importer, value, wanted, dim, i) ? 1 : dim)),
    );
    if (shape === undefined || shape.length !== value.shape.length || shape[0] !== 1) {
      throw importer.fail(node, `repeats a value to the shape [${shownShape(wanted)}]`);
    }
    repeated(
      importer,
      node,
      value,
      shape.map((dim, i) => dim / (value.shape[i] ?? 1)),
    );
  },

  /** The same number for every sample. */
  ConstantOfShape(importer, node) {
    const [batch, ...sample] = list(importer, node, 0, 'shape') ?? [];
    const value = node.attrs.get('value');
    const given = typeof value === 'object' && 'tensor' in value ? importer.decoded(value.tensor) : undefined;
    if (batch !== BATCH || given?.kind === 'integer' || !(sizeOf(sample) <= MAX_MADE)) {
      throw importer.fail(node, `makes the shape [${shownShape([batch ?? 0, ...sample])}] of one number`);
    }
    const data = new Float32Array(sizeOf(sample)).fill(given?.data[0] ?? 0);
    importer.spend(node, data.length);
    batchConstant(importer, node, 0, { kind: 'float', shape: [1, ...sample], data }, node.outputs[0] ?? '');
  },

  Tile(importer, node) {
    if (importer.isConstant(node.inputs[0] ?? '')) {
      const { shape } = importer.floats(node, 0, 'values');
      const times = list(importer, node, 1, 'repeats') ?? [];
      constantOfBatch(
        importer,
        node,
        times.map((count, i) => count * (shape[i] ?? NaN)),
      );
      return;
    }
    const value = importer.value(node);
    const times = list(importer, node, 1, 'repeats') ?? [];
    if (times.length !== value.shape.length || times[0] !== 1 || times.some((count) => !(count >= 1))) {
      throw importer.fail(node, `repeats its input [${times.join(', ')}] times`);
    }
    repeated(importer, node, value, times);
  },
};

/** Whether an entry of a wanted shape stands for the batch that the value has. */
function isBatch(
  importer: Importer,
  value: Value,
  wanted: readonly number[],
  dim: number,
  i: number,
): boolean {
  if (i !== 0 || wanted.length !== value.shape.length) return false;
  return dim === BATCH || dim === importer.declaredBatch;
}

/** The value, several times along some axes. */
function repeated(importer: Importer, node: ReadNode, value: Value, times: readonly number[]): void {
  let made = value;
  times.forEach((count, axis) => {
    if (count === 1) return;
    const size = made.shape[axis] ?? 0;
    const ranges = Array.from({ length: Math.min(count, 2 ** 16) }, () => ({ start: 0, end: size, step: 1 }));
    made = joined(importer, node, made, axis, ranges);
  });
  importer.add(node, { op: 'Identity', inputs: [made] });
}

interface Cuts {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly axes: readonly number[];
  readonly steps: readonly number[];
}

/** A slice that goes backwards along some axis: its entries one by one. */
function flipped(
  importer: Importer,
  node: ReadNode,
  input: Value,
  which: readonly number[],
  { starts, ends, axes, steps }: Cuts,
): void {
  let made = input;
  for (const i of which) {
    const axis = positive(axes[i] ?? 0, input.shape.length);
    const size = made.shape[axis] ?? 0;
    const step = steps[i] ?? 1;
    const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
    const clamp = (at: number) => Math.min(Math.max(at < 0 ? at + size : at, low), high);
    const positions: number[] = [];
    const end = clamp(ends[i] ?? 0);
    for (let at = clamp(starts[i] ?? 0); step > 0 ? at < end : at > end; at += step) positions.push(at);
    if (positions.length === 0) throw importer.fail(node, `takes nothing of axis ${axis}`);
    made = joined(importer, node, made, axis, rangesOf(positions));
  }
  importer.add(node, { op: 'Identity', inputs: [made] });
}

/** An input that is a value, or a stored constant with a sample's worth of numbers, which then is the same for every sample. */
function operand(importer: Importer, node: ReadNode, index: number): Value {
  const name = node.inputs[index] ?? '';
  if (!importer.isConstant(name)) return importer.value(node, index);
  const constant = importer.floats(node, index, 'values');
  const [batch, ...sample] = constant.shape;
  // One row beside values of a batch: the same one for every sample, as in a file that was traced with one of them.
  if (batch !== 1 || importer.declaredBatch !== 1) {
    throw importer.fail(node, `takes the constant '${name}' where a value is due`);
  }
  return batchConstant(importer, node, index, { ...constant, shape: [1, ...sample] });
}

function constantOfBatch(importer: Importer, node: ReadNode, wanted: readonly number[]): void {
  const constant = importer.floats(node, 0, 'values');
  const [batch, ...sample] = wanted;
  const shape = broadcastShape(constant.shape, [1, ...sample]);
  if (batch !== BATCH || shape?.[0] !== 1 || shape.length !== wanted.length || sizeOf(shape) > MAX_MADE) {
    throw importer.fail(node, `makes the shape [${shownShape(wanted)}] of a constant`);
  }
  const places = broadcastPlaces(constant.shape, shape);
  const data = Float32Array.from(places, (from) => constant.data[from] ?? NaN);
  batchConstant(importer, node, 0, { kind: 'float', shape, data }, node.outputs[0] ?? '');
}

/** 'To the end' is written as the largest 64-bit integer. */
function toSafe(value: number): number {
  return Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}
