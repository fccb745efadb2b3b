import { floatAttr, textAttr } from '../attributes.ts';
import type { Importer, Value } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import { list } from './list.ts';
import { joined, type Range } from './ranges.ts';
import type { LayerReaders } from './reader.ts';

/** Before and after each axis, the batch too. */
function padsOf(importer: Importer, node: ReadNode, rank: number): [before: number, after: number][] {
  const given = list(importer, node, 1, 'pads') ?? [];
  const axes = node.inputs[3] ? list(importer, node, 3, 'axes') : undefined;
  const pads = Array.from({ length: rank }, (): [number, number] => [0, 0]);
  (axes ?? pads.map((_, i) => i)).forEach((axis, i, all) => {
    pads[axis < 0 ? axis + rank : axis] = [given[i] ?? NaN, given[i + all.length] ?? NaN];
  });
  return pads;
}

/** The entries of an axis of `size` that lie before it and after it, mirrored without the border or the border repeated. */
function mirrored(mode: string, [before, after]: [number, number], size: number): Range[] | undefined {
  if (!(before >= 0 && after >= 0 && before < size && after < size)) return undefined;
  const one = (at: number): Range => ({ start: at, end: at + 1, step: 1 });
  const low = Array.from({ length: before }, (_, i) => one(mode === 'edge' ? 0 : before - i));
  const high = Array.from({ length: after }, (_, i) => one(mode === 'edge' ? size - 1 : size - 2 - i));
  return [...low, { start: 0, end: size, step: 1 }, ...high];
}

export const padding: LayerReaders = {
  Pad(importer, node) {
    const input = importer.value(node);
    const mode = textAttr(node, 'mode', 'constant');
    const pads = padsOf(importer, node, input.shape.length);
    if (mode === 'reflect' || mode === 'edge') {
      mirrors(importer, node, input, mode, pads);
      return;
    }
    if (mode !== 'constant') {
      throw importer.fail(node, `pads in mode '${mode}'; supported are constant, reflect and edge`);
    }
    const value = importer.model.opset < 11 ? floatAttr(node, 'value', 0) : padValue(importer, node);
    const least = pads.flat().reduce((low, count) => Math.min(low, count), 0);
    // Negative ones cut.
    const grown = pads.map(([before, after]): [number, number] => [Math.max(0, before), Math.max(0, after)]);
    const listed = [...grown.map(([before]) => before), ...grown.map(([, after]) => after)];
    const padded = importer.add(node, {
      op: 'Pad',
      inputs: [input],
      attrs: { pads: listed, value },
      output: least < 0 ? importer.helperName(node, 'padded') : undefined,
    });
    if (!(least < 0)) return;
    const axes = pads.flatMap(([before, after], i) => (before < 0 || after < 0 ? [i] : []));
    const starts = axes.map((axis) => Math.max(0, -(pads[axis]?.[0] ?? 0)));
    const ends = axes.map((axis) => (padded.shape[axis] ?? 0) + Math.min(0, pads[axis]?.[1] ?? 0));
    importer.add(node, { op: 'Slice', inputs: [padded], attrs: { starts, ends, axes } });
  },
};

function mirrors(
  importer: Importer,
  node: ReadNode,
  input: Value,
  mode: string,
  pads: readonly [number, number][],
): void {
  let value = input;
  const work = pads.flatMap((pad, axis) => (pad[0] === 0 && pad[1] === 0 ? [] : [axis]));
  for (const axis of work) {
    const ranges = mirrored(mode, pads[axis] ?? [0, 0], value.shape[axis] ?? 0);
    if (ranges === undefined) throw importer.fail(node, `pads by [${pads.join('], [')}], which does not fit`);
    value = joined(importer, node, value, axis, ranges);
  }
  importer.add(node, { op: 'Identity', inputs: [value] });
}

function padValue(importer: Importer, node: ReadNode): number {
  return node.inputs[2] ? (importer.constant(node, 2)?.data[0] ?? 0) : 0;
}
