import { sizeOf } from '../../../../network/graph.ts';
import { BATCH } from '../constant.ts';
import type { Importer, Value, View } from '../importer.ts';
import type { ReadNode } from '../model.ts';

/*
 * Attention is often written with other axes before the batch, or with the batch and the heads as one axis. Our layers keep
 * the batch first and by itself, so such an order is only noted, and undone where something is computed.
 */

/** The input as a view: a value of the network's own is one whose axes are its own. */
export function viewOf(importer: Importer, node: ReadNode, index = 0): View {
  const noted = importer.viewNamed(node.inputs[index] ?? '');
  if (noted !== undefined) return noted;
  const source = importer.value(node, index);
  return { source, axes: source.shape.map((_, i) => [i]) };
}

/** The sizes of a view's axes; one that holds the batch is a multiple of `BATCH`. */
export function viewShape({ source, axes }: View): number[] {
  return axes.map((parts) =>
    parts.reduce((size, part) => size * (part === 0 ? BATCH : (source.shape[part] ?? 1)), 1),
  );
}

/** Which axis of the view holds the batch. */
export function batchAxis({ axes }: View): number {
  return axes.findIndex((parts) => parts.includes(0));
}

/** Notes a view under the name of an output, or makes it a value when its batch comes first and alone after all. */
export function placeView(importer: Importer, node: ReadNode, view: View, output?: string): void {
  const name = output ?? node.outputs[0] ?? '';
  const [first, ...others] = view.axes;
  if (first?.length !== 1 || first[0] !== 0) {
    importer.setView(name, view);
    return;
  }
  const perm = view.axes.flat();
  const moved = perm.some((axis, i) => axis !== i);
  const regrouped = others.some((parts) => parts.length !== 1);
  let { source } = view;
  if (moved) {
    const between = regrouped ? importer.helperName(node, 'moved') : name;
    source = importer.add(node, { op: 'Transpose', inputs: [source], attrs: { perm }, output: between });
  }
  const shape = viewShape(view).slice(1);
  if (regrouped) importer.add(node, { op: 'Reshape', inputs: [source], attrs: { shape }, output: name });
  else if (!moved) importer.add(node, { op: 'Identity', inputs: [source], output: name });
}

/** The source with its axes in this order. */
export function inOrder(importer: Importer, node: ReadNode, source: Value, perm: readonly number[]): Value {
  if (perm.every((axis, i) => axis === i)) return source;
  const output = importer.helperName(node, 'moved');
  return importer.add(node, { op: 'Transpose', inputs: [source], attrs: { perm: [...perm] }, output });
}

/** The source with these sizes after the batch. */
export function reshapedTo(
  importer: Importer,
  node: ReadNode,
  source: Value,
  shape: readonly number[],
  name?: string,
): Value {
  if (name === undefined && source.shape.slice(1).join() === shape.join()) return source;
  const output = name ?? importer.helperName(node, 'reshaped');
  return importer.add(node, { op: 'Reshape', inputs: [source], attrs: { shape: [...shape] }, output });
}

/** A view in the plainest form: the batch, then one axis for each axis of the view, in order. */
export interface Plain {
  readonly source: Value;
  /** Which axis of the view holds the batch. */
  readonly batch: number;
  /** How many entries lie before and after the batch in the axis that holds it: 1 and 1 when it is alone there. */
  readonly around: readonly [before: number, after: number];
  readonly view: View;
}

/**
 * Brings a view into the plainest form: [batch, axes before the one with the batch, its parts before and after the batch
 * where it has them, axes after it].
 */
export function plain(importer: Importer, node: ReadNode, view: View): Plain {
  const { source, axes } = view;
  const batch = batchAxis(view);
  const size = (parts: readonly number[]) => sizeOf(parts.map((part) => source.shape[part] ?? 1));
  const own = axes[batch] ?? [];
  const at = own.indexOf(0);
  const around: [number, number] = [size(own.slice(0, at)), size(own.slice(at + 1))];
  const moved = inOrder(importer, node, source, [0, ...axes.flat().filter((axis) => axis !== 0)]);
  const shape: number[] = [];
  const grouped = axes.map((parts, i) => {
    const group: number[] = [];
    const put = (entries: number) => group.push(shape.push(entries));
    if (i !== batch) put(size(parts));
    else {
      if (around[0] > 1) put(around[0]);
      group.push(0);
      if (around[1] > 1) put(around[1]);
    }
    return group;
  });
  const made = reshapedTo(importer, node, moved, shape);
  return { source: made, batch, around, view: { source: made, axes: grouped } };
}

/** Sizes for a message, with the batch by its name. */
export function shownShape(dims: readonly number[]): string {
  const shown = (dim: number) => (dim === BATCH ? 'batch' : `${dim / BATCH} * batch`);
  return dims.map((dim) => (dim <= BATCH / 2 ? shown(dim) : dim)).join(', ');
}
