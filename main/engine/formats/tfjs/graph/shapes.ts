import { sizeOf } from '../../../network/graph.ts';
import { OURS, THEIRS } from '../../keras/order.ts';
import { regrouped, theirShape } from '../../keras/regroup.ts';
import { BATCH, type GraphImporter } from './importer.ts';
import type { GraphNode } from './nodes.ts';
import { slice, stridedValue } from './parts.ts';
import type { GraphReader } from './reader.ts';

/** Gives a value another shape, said in TensorFlow's order; the batch stays. */
function toShape(importer: GraphImporter, node: GraphNode, wanted: readonly number[]): void {
  const value = importer.value(node);
  const size = sizeOf(value.shape);
  const [first, ...sample] = wanted;
  const keeps = first === BATCH || (first === -1 && sizeOf(sample) === size) || first === 1;
  if (!keeps) {
    throw importer.fail(node, `makes the shape [${wanted.join(', ')}], which does not keep the batch`);
  }
  regrouped(importer.adder(node), value, sample);
}

function transpose(importer: GraphImporter, node: GraphNode): void {
  const value = importer.value(node);
  const perm = importer.list(node, 1);
  if (!value.shape.every((_, i) => perm.includes(i)) || perm[0] !== 0) {
    throw importer.fail(node, `orders axes as [${perm.join(', ')}]`);
  }
  const ours = value.shape.length === 4 ? THEIRS.map((axis) => OURS[perm[axis] ?? 0] ?? 0) : perm;
  importer.values.set(node.name, importer.transposed(node, value, ours, 'transposed'));
}

function pad(importer: GraphImporter, node: GraphNode): void {
  const value = importer.value(node);
  const rank = value.shape.length;
  const flat = importer.list(node, 1);
  const fill = node.op === 'PadV2' ? (importer.list(node, 2)[0] ?? 0) : 0;
  const pads = Array<number>(2 * rank).fill(0);
  for (let axis = 0; axis < rank; axis++) {
    const ours = rank === 4 ? (OURS[axis] ?? 0) : axis;
    pads[ours] = flat[2 * axis] ?? 0;
    pads[ours + rank] = flat[2 * axis + 1] ?? 0;
  }
  importer.add(node, 'Pad', [value], { pads, value: fill });
}

/** Parts of a shape that is being worked out. */
function stridedSlice(importer: GraphImporter, node: GraphNode): void {
  if (importer.values.has(node.inputs[0] ?? '')) {
    stridedValue(importer, node);
    return;
  }
  const source = importer.list(node, 0);
  const [begin = 0] = importer.list(node, 1);
  const [end = 0] = importer.list(node, 2);
  const bit = (name: string) => ((node.attrs[name]?.i ?? 0) & 1) === 1;
  const from = bit('begin_mask') ? 0 : begin;
  const taken = source.slice(
    from,
    bit('shrink_axis_mask') ? from + 1 || undefined : bit('end_mask') ? undefined : end,
  );
  importer.setList(node, taken, bit('shrink_axis_mask') ? [] : [taken.length]);
}

/** The same stored values for every sample. */
function broadcastTo(importer: GraphImporter, node: GraphNode): void {
  const stored = importer.stored(node, 0);
  const [batch, ...sample] = importer.list(node, 1);
  const [like] = importer.values.values();
  const fits = batch === BATCH && stored.shape.join() === [1, ...sample].join() && sample.length !== 3;
  if (!fits || like === undefined)
    throw importer.fail(node, 'spreads its values in a way that is not supported');
  importer.add(node, 'BatchConstant', [like], {}, { bias: importer.param(node, 0, 'bias', stored) });
}

function identity(importer: GraphImporter, node: GraphNode): void {
  const source = node.inputs[0] ?? '';
  const constant = importer.constants.get(source);
  if (constant !== undefined) importer.constants.set(node.name, constant);
  else importer.values.set(node.name, importer.value(node));
}

/** Values one after the other along an axis, or stored lists. */
function concat(importer: GraphImporter, node: GraphNode, axisAt: number, from: number): void {
  const count = node.inputs.length - 1;
  const places = Array.from({ length: count }, (_, i) => from + i);
  if (places.every((place) => importer.constants.has(node.inputs[place] ?? ''))) {
    importer.setList(
      node,
      places.flatMap((place) => importer.list(node, place)),
    );
    return;
  }
  const inputs = places.map((place) => importer.value(node, place));
  const [axis = 0] = importer.list(node, axisAt);
  const [first] = inputs;
  if (first === undefined) throw importer.fail(node, 'has no inputs');
  importer.add(node, 'Concat', inputs, { axis: importer.axis(node, first, axis) });
}

export const shapes: Readonly<Record<string, GraphReader>> = {
  Identity: identity,
  // What they guard or order is over when a network is used.
  StopGradient: identity,
  PreventGradient: identity,
  Snapshot: identity,
  CheckNumerics: identity,
  // Numbers are read in one type.
  Cast: identity,
  Shape(importer, node) {
    const [, ...sample] = theirShape(importer.value(node));
    importer.setList(node, [BATCH, ...sample]);
  },
  StridedSlice: stridedSlice,
  Pack(importer, node) {
    importer.setList(
      node,
      node.inputs.flatMap((_, i) => importer.list(node, i)),
    );
  },
  Reshape: (importer, node) => toShape(importer, node, importer.list(node, 1)),
  Squeeze(importer, node) {
    const shape = theirShape(importer.value(node));
    const given = node.attrs['squeeze_dims']?.list?.i ?? [];
    const axes = given.map((axis) => (axis < 0 ? axis + shape.length : axis));
    const goes = (dim: number, i: number) => (axes.length === 0 ? i > 0 && dim === 1 : axes.includes(i));
    if (axes.includes(0) || shape.some((dim, i) => axes.includes(i) && dim !== 1)) {
      throw importer.fail(node, `takes away axes ${axes.join(', ')}`);
    }
    toShape(importer, node, [BATCH, ...shape.filter((dim, i) => !goes(dim, i)).slice(1)]);
  },
  ExpandDims(importer, node) {
    const shape = theirShape(importer.value(node));
    const [axis = 0] = importer.list(node, 1);
    const place = axis < 0 ? axis + shape.length + 1 : axis;
    if (place < 1) throw importer.fail(node, 'puts an axis before the batch');
    toShape(importer, node, [BATCH, ...shape.toSpliced(place, 0, 1).slice(1)]);
  },
  Transpose: transpose,
  Pad: pad,
  PadV2: pad,
  Slice: slice,
  BroadcastTo: broadcastTo,
  ConcatV2: (importer, node) => concat(importer, node, node.inputs.length - 1, 0),
  Concat: (importer, node) => concat(importer, node, 0, 1),
  Prod(importer, node) {
    const product = importer.list(node, 0).reduce((all, value) => all * value, 1);
    importer.setList(node, [product], []);
  },
  GatherV2(importer, node) {
    const source = importer.list(node, 0);
    const places = importer.list(node, 1).map((place) => (place < 0 ? place + source.length : place));
    const single = importer.constants.get(node.inputs[1] ?? '')?.shape.length === 0;
    const taken = places.map((place) => source[place] ?? NaN);
    if (taken.some(Number.isNaN)) throw importer.fail(node, `takes elements ${places.join(', ')}`);
    importer.setList(node, taken, single ? [] : [taken.length]);
  },
};
