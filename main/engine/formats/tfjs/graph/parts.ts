import { type Part, takeParts } from '../../keras/parts.ts';
import { BATCH, type GraphImporter } from './importer.ts';
import type { GraphNode } from './nodes.ts';

/** Ends from here on stand for 'to the end': what a program writes that has no end. */
const NO_END = 2 ** 31 - 1;

/** Where a range ends; null for the end of the axis, which is also where the batch's size says so. */
function stopAt(end: number): number | null {
  return end === BATCH || end >= NO_END ? null : end;
}

/** Slice: where parts begin, and how long they are; -1 stands for all that follows. */
export function slice(importer: GraphImporter, node: GraphNode): void {
  const sizes = importer.list(node, 2);
  const parts = importer.list(node, 1).map((start, i): Part => {
    const size = sizes[i] ?? -1;
    return { start, stop: size < 0 ? null : stopAt(start + size), step: 1 };
  });
  importer.values.set(node.name, takeParts(importer.adder(node), importer.value(node), parts));
}

/** StridedSlice of a value, with axes that it takes away or adds. */
export function stridedValue(importer: GraphImporter, node: GraphNode): void {
  const begins = importer.list(node, 1);
  const ends = importer.list(node, 2);
  // Without strides, every element is taken.
  const steps = node.inputs.length > 3 ? importer.list(node, 3) : [];
  const bit = (name: string, i: number) => Math.floor((node.attrs[name]?.i ?? 0) / 2 ** i) % 2 === 1;
  const parts = begins.map((begin, i): Part => {
    if (bit('ellipsis_mask', i)) return 'rest';
    if (bit('new_axis_mask', i)) return 'new';
    if (bit('shrink_axis_mask', i)) return { at: bit('begin_mask', i) ? 0 : begin };
    return {
      start: bit('begin_mask', i) ? null : begin,
      stop: bit('end_mask', i) ? null : stopAt(ends[i] ?? NO_END),
      step: steps[i] ?? 1,
    };
  });
  importer.values.set(node.name, takeParts(importer.adder(node), importer.value(node), parts));
}
