import { sizeOf } from '../../../../network/graph.ts';
import { floatAttr, intAttr, intsAttr, textAttr } from '../attributes.ts';
import { BATCH } from '../constant.ts';
import type { Importer, Value, View } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import type { LayerReaders } from './reader.ts';
import { permWithout, placeView, withoutAxis } from './views.ts';

/** A list of integers that newer opsets give as an input and older ones as an attribute. */
export function list(
  importer: Importer,
  node: ReadNode,
  index: number,
  name: string,
): readonly number[] | undefined {
  if (!node.inputs[index]) return intsAttr(node, name);
  const constant = importer.constant(node, index);
  if (constant === undefined)
    throw importer.fail(node, `computes its '${name}' from the data, which is not supported`);
  return [...constant.data];
}

/** A Reshape to the given shape of one sample. */
function toSample(importer: Importer, node: ReadNode, input: Value, shape: readonly number[]): void {
  importer.add(node, { op: 'Reshape', inputs: [input], attrs: { shape: [...shape] } });
}

/**
 * The wanted shape without the batch. The first entry must be the batch in one of the ways in which files write it: 0 (as
 * it is), computed from the input, -1 with the rest complete, or the size the file was exported with.
 */
function sampleShape(importer: Importer, node: ReadNode, input: Value, wanted: readonly number[]): number[] {
  const [first, ...rest] = wanted.map((dim, i) =>
    dim === 0 ? (i === 0 ? BATCH : (input.shape[i] ?? 0)) : dim,
  );
  const size = sizeOf(input.shape.slice(1));
  const keepsBatch =
    first === BATCH ||
    (first === -1 && sizeOf(rest) === size) ||
    (first === importer.declaredBatch && (rest.includes(-1) || sizeOf(rest) === size));
  if (!keepsBatch || rest.some((dim) => dim < -1)) {
    throw importer.fail(node, `makes the shape [${wanted.join(', ')}], which does not keep the batch`);
  }
  return rest;
}

export const shape: LayerReaders = {
  Flatten(importer, node) {
    const input = importer.value(node);
    const axis = intAttr(node, 'axis', 1);
    if (axis !== 1 && axis !== 1 - input.shape.length) {
      throw importer.fail(node, `flattens from axis ${axis}; only the batch may stay apart`);
    }
    importer.add(node, { op: 'Flatten', inputs: [input] });
  },

  Reshape(importer, node) {
    const input = importer.value(node);
    const wanted = list(importer, node, 1, 'shape') ?? [];
    if (intAttr(node, 'allowzero', 0) === 1 && wanted.includes(0)) {
      throw importer.fail(node, 'makes a value without elements');
    }
    toSample(importer, node, input, sampleShape(importer, node, input, wanted));
  },

  Squeeze(importer, node) {
    const view = importer.view(node);
    if (view !== undefined) {
      squeezeView(importer, node, view, list(importer, node, 1, 'axes') ?? []);
      return;
    }
    const input = importer.value(node);
    const rank = input.shape.length;
    const axes = list(importer, node, 1, 'axes')?.map((axis) => (axis < 0 ? axis + rank : axis));
    const goes = (dim: number, i: number) => (axes === undefined ? i > 0 && dim === 1 : axes.includes(i));
    if (axes?.includes(0)) throw importer.fail(node, 'takes the batch away');
    toSample(importer, node, input, input.shape.filter((dim, i) => !goes(dim, i)).slice(1));
  },

  Unsqueeze(importer, node) {
    const input = importer.value(node);
    const axes = list(importer, node, 1, 'axes') ?? [];
    const rank = input.shape.length + axes.length;
    const places = axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
    if (places.some((place) => place < 1 || place >= rank))
      throw importer.fail(node, `adds axes ${axes.join(', ')}`);
    const made = [...input.shape];
    for (const place of places) made.splice(place, 0, 1);
    toSample(importer, node, input, made.slice(1));
  },

  Transpose(importer, node) {
    const view = importer.view(node);
    const { shape: axes } = view?.source ?? importer.value(node);
    const perm = intsAttr(node, 'perm') ?? axes.map((_, i) => axes.length - 1 - i);
    if (perm.length !== axes.length || !axes.every((_, i) => perm.includes(i))) {
      throw importer.fail(node, `has an order [${perm.join(', ')}] for ${axes.length} axes`);
    }
    if (view !== undefined) {
      placeView(importer, node, { ...view, perm: perm.map((axis) => view.perm[axis] ?? 0) });
    } else placeView(importer, node, { source: importer.value(node), perm });
  },

  Concat(importer, node) {
    const inputs = node.inputs.map((_, i) => importer.value(node, i));
    importer.add(node, { op: 'Concat', inputs, attrs: { axis: intAttr(node, 'axis', 1) } });
  },

  Slice(importer, node) {
    const input = importer.value(node);
    const attrs: Record<string, readonly number[]> = {};
    ['starts', 'ends', 'axes', 'steps'].forEach((name, i) => {
      const values = list(importer, node, i + 1, name);
      if (values !== undefined) attrs[name] = values.map(toSafe);
    });
    importer.add(node, { op: 'Slice', inputs: [input], attrs });
  },

  Pad(importer, node) {
    const input = importer.value(node);
    const mode = textAttr(node, 'mode', 'constant');
    if (mode !== 'constant')
      throw importer.fail(node, `pads in mode '${mode}'; only 'constant' is supported`);
    const given = list(importer, node, 1, 'pads') ?? [];
    const axes = node.inputs[3] ? list(importer, node, 3, 'axes') : undefined;
    const value = importer.model.opset < 11 ? floatAttr(node, 'value', 0) : padValue(importer, node);
    const rank = input.shape.length;
    const pads = Array<number>(2 * rank).fill(0);
    (axes ?? input.shape.map((_, i) => i)).forEach((axis, i, all) => {
      const place = axis < 0 ? axis + rank : axis;
      pads[place] = given[i] ?? NaN;
      pads[place + rank] = given[i + all.length] ?? NaN;
    });
    importer.add(node, { op: 'Pad', inputs: [input], attrs: { pads, value } });
  },
};

/** Takes axes of size one out of a value whose order is only noted. */
function squeezeView(importer: Importer, node: ReadNode, view: View, axes: readonly number[]): void {
  let { source, perm } = view;
  const counted = axes.map((axis) => (axis < 0 ? axis + perm.length : axis)).sort((a, b) => b - a);
  for (const axis of counted) {
    const gone = perm[axis] ?? 0;
    if (gone === 0 || source.shape[gone] !== 1) throw importer.fail(node, `takes away axis ${axis}`);
    source = withoutAxis(importer, node, source, gone);
    perm = permWithout(perm, gone);
  }
  placeView(importer, node, { source, perm });
}

function padValue(importer: Importer, node: ReadNode): number {
  return node.inputs[2] ? (importer.floats(node, 2, 'value').data[0] ?? 0) : 0;
}

/** 'To the end' is written as the largest 64-bit integer. */
function toSafe(value: number): number {
  return Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}
