import { sizeOf } from '../../../../network/graph.ts';
import { BATCH } from '../constant.ts';
import type { Importer, View } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import { inOrder, placeView, reshapedTo, shownShape, viewOf, viewShape } from './views.ts';

/** A way of reading the wanted shape: which axis holds the batch, and all sizes without it. */
interface Reading {
  readonly at: number;
  readonly sizes: readonly number[];
}

/**
 * A Reshape of anything: the batch may be wanted anywhere, alone or together with other axes, as long as the entries before
 * it stay before it. Files say where it is by arithmetic on the shape of a value, by -1, or by the size of batch that they
 * were exported with; where several readings are possible, the one that leaves the batch alone is meant.
 */
export function regroup(importer: Importer, node: ReadNode, wanted: readonly number[]): void {
  const view = viewOf(importer, node);
  const given = viewShape(view);
  const dims = wanted.map((dim, i) => (dim === 0 ? (given[i] ?? NaN) : dim));
  const flat = view.axes.flat();
  const place = flat.indexOf(0);
  const size = (parts: readonly number[]) => sizeOf(parts.map((part) => view.source.shape[part] ?? 1));
  const [before, after] = [size(flat.slice(0, place)), size(flat.slice(place + 1))];
  const readings = dims
    .map((_, at) => readingAt(importer, dims, at, before * after))
    .filter((reading) => reading !== undefined)
    .filter(({ at, sizes }) => {
      const earlier = sizeOf(sizes.slice(0, at));
      return before % earlier === 0 && (earlier * (sizes[at] ?? 0)) % before === 0;
    });
  const best = preferred(readings, dims);
  if (best === undefined) {
    throw importer.fail(node, `makes the shape [${shownShape(wanted)}], which does not keep the batch`);
  }
  if (place === 0 && best.at === 0 && best.sizes[0] === 1) placeReshape(importer, node, view, best);
  else placeParts(importer, node, view, best, before);
}

/** The wanted shape read so that the batch is in the axis `at`; undefined when it cannot be. */
function readingAt(
  importer: Importer,
  dims: readonly number[],
  at: number,
  total: number,
): Reading | undefined {
  const sizes = dims.map((dim, i) => {
    if (dim === -1) return -1;
    if (dim <= BATCH / 2) return i === at && dim % BATCH === 0 ? dim / BATCH : NaN;
    // A file with an open batch may still have shapes from an export of one sample.
    return i === at ? (importer.batchIsOpen && dim !== 1 ? NaN : dim / importer.declaredBatch) : dim;
  });
  const open = sizes.indexOf(-1);
  if (open >= 0) sizes[open] = total / sizeOf(sizes.filter((_, i) => i !== open));
  const fits = sizes.every((size) => Number.isSafeInteger(size) && size > 0) && sizeOf(sizes) === total;
  return fits ? { at, sizes } : undefined;
}

function preferred(readings: readonly Reading[], dims: readonly number[]): Reading | undefined {
  const alone = readings.find(({ at, sizes }) => sizes[at] === 1);
  if (alone !== undefined || readings.length < 2) return alone ?? readings[0];
  const open = readings.find(({ at }) => dims[at] === -1);
  // The last axis holds features; else, the batch goes with what comes after it, as heads do.
  return open ?? readings.findLast(({ at }) => at < dims.length - 1) ?? readings[0];
}

/** The common case: [batch, ...] to [batch, ...]. */
function placeReshape(importer: Importer, node: ReadNode, view: View, { sizes }: Reading): void {
  const perm = view.axes.flat();
  const source = inOrder(importer, node, view.source, perm);
  reshapedTo(importer, node, source, sizes.slice(1), node.outputs[0] ?? '');
}

/** All entries in their order, with the batch in the middle of some axis. */
function placeParts(
  importer: Importer,
  node: ReadNode,
  view: View,
  { at, sizes }: Reading,
  before: number,
): void {
  const order = view.axes.flat().filter((axis) => axis !== 0);
  const source = inOrder(importer, node, view.source, [0, ...order]);
  const shape: number[] = [];
  const put = (size: number) => shape.push(size);
  const axes = sizes.map((size, i) => {
    if (i !== at) return [put(size)];
    const first = before / sizeOf(sizes.slice(0, at));
    const group = first > 1 ? [put(first)] : [];
    group.push(0);
    if (size / first > 1) group.push(put(size / first));
    return group;
  });
  placeView(importer, node, { source: reshapedTo(importer, node, source, shape), axes });
}
