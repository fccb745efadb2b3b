import { sizeOf } from '../../../../network/graph.ts';
import { intAttr, intsAttr } from '../attributes.ts';
import { BATCH } from '../constant.ts';
import type { Importer, View } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import type { LayerReaders } from './reader.ts';
import { list } from './list.ts';
import { regroup } from './regroup.ts';
import { placeView, reshapedTo, viewOf, viewShape } from './views.ts';

const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

export const shape: LayerReaders = {
  Flatten(importer, node) {
    const view = viewOf(importer, node);
    const shape = viewShape(view);
    const axis = positive(intAttr(node, 'axis', 1), shape.length);
    if (axis === 1 && importer.viewNamed(node.inputs[0] ?? '') === undefined) {
      importer.add(node, { op: 'Flatten', inputs: [importer.value(node)] });
    } else regroup(importer, node, [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))]);
  },

  Reshape(importer, node) {
    const wanted = list(importer, node, 1, 'shape') ?? [];
    if (intAttr(node, 'allowzero', 0) === 1 && wanted.includes(0)) {
      throw importer.fail(node, 'makes a value without elements');
    }
    regroup(importer, node, wanted);
  },

  Squeeze(importer, node) {
    const view = viewOf(importer, node);
    const sizes = viewShape(view);
    const axes = list(importer, node, 1, 'axes')?.map((axis) => positive(axis, sizes.length));
    const goes = (dim: number, i: number) => (axes === undefined ? dim === 1 : axes.includes(i));
    if (axes?.some((axis) => sizes[axis] === BATCH)) throw importer.fail(node, 'takes the batch away');
    if (axes?.some((axis) => sizes[axis] !== 1)) throw importer.fail(node, 'takes away more than size 1');
    withAxes(
      importer,
      node,
      view,
      view.axes.map((parts, i) => (goes(sizes[i] ?? 0, i) ? null : parts)),
    );
  },

  Unsqueeze(importer, node) {
    const view = viewOf(importer, node);
    const given = list(importer, node, 1, 'axes') ?? [];
    const rank = view.axes.length + given.length;
    const places = given.map((axis) => positive(axis, rank)).sort((a, b) => a - b);
    if (places.some((place) => place < 0 || place >= rank)) {
      throw importer.fail(node, `adds axes ${given.join(', ')}`);
    }
    const axes: (readonly number[])[] = [...view.axes];
    for (const place of places) axes.splice(place, 0, []);
    withAxes(importer, node, view, axes);
  },

  Transpose(importer, node) {
    const view = viewOf(importer, node);
    const rank = view.axes.length;
    const perm = intsAttr(node, 'perm') ?? view.axes.map((_, i) => rank - 1 - i);
    if (perm.length !== rank || !view.axes.every((_, i) => perm.includes(i))) {
      throw importer.fail(node, `has an order [${perm.join(', ')}] for ${rank} axes`);
    }
    const axes = perm.map((axis) => view.axes[axis] ?? []);
    placeView(importer, node, { source: view.source, axes });
  },
};

/** The view with axes of size one added ([]) or taken away (null). */
function withAxes(
  importer: Importer,
  node: ReadNode,
  view: View,
  axes: readonly (readonly number[] | null)[],
): void {
  const left = axes.filter((parts) => parts !== null);
  const used = new Set(left.flat());
  const kept = view.source.shape.map((_, i) => i).filter((i) => used.has(i));
  const sizes = kept.slice(1).map((i) => view.source.shape[i] ?? 1);
  const [first] = left;
  // The common case is a layer: the batch stays first, and the others keep their order.
  if (first?.length === 1 && first[0] === 0 && left.flat().every((part, i) => part === kept[i])) {
    const shape = left.slice(1).map((parts) => sizeOf(parts.map((part) => view.source.shape[part] ?? 1)));
    reshapedTo(importer, node, view.source, shape, node.outputs[0] ?? '');
    return;
  }
  const source = reshapedTo(importer, node, view.source, sizes);
  placeView(importer, node, { source, axes: left.map((parts) => parts.map((part) => kept.indexOf(part))) });
}
