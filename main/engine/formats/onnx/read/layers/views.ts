import type { Importer, Value, View } from '../importer.ts';
import type { ReadNode } from '../model.ts';

/**
 * Attention is often written with an axis before the batch: [3, batch, heads, tokens, width], from which queries, keys and
 * values are taken. Our layers keep the batch first, so such an order is only noted, and applied to what is taken from it.
 */

/** Notes a value in another order, or makes it a layer when the batch comes first after all. */
export function placeView(importer: Importer, node: ReadNode, { source, perm }: View, output?: string): void {
  const name = output ?? node.outputs[0] ?? '';
  if (perm[0] !== 0) importer.setView(name, { source, perm });
  else importer.add(node, { op: 'Transpose', inputs: [source], attrs: { perm: [...perm] }, output: name });
}

/** One entry of an axis of the source, without that axis. */
export function takeEntry(
  importer: Importer,
  node: ReadNode,
  source: Value,
  axis: number,
  at: number,
): Value {
  const cut = importer.add(node, {
    op: 'Slice',
    inputs: [source],
    attrs: { starts: [at], ends: [at + 1], axes: [axis], steps: [1] },
    output: importer.helperName(node, 'cut'),
  });
  return withoutAxis(importer, node, cut, axis);
}

/** The value without an axis of size one. */
export function withoutAxis(importer: Importer, node: ReadNode, value: Value, axis: number): Value {
  return importer.add(node, {
    op: 'Reshape',
    inputs: [value],
    attrs: { shape: value.shape.toSpliced(axis, 1).slice(1) },
    output: importer.helperName(node, 'taken'),
  });
}

/** The order of a view whose source lost an axis. */
export function permWithout(perm: readonly number[], axis: number): number[] {
  return perm.filter((old) => old !== axis).map((old) => (old > axis ? old - 1 : old));
}
