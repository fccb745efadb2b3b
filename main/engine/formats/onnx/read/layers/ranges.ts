import type { Importer, Value } from '../importer.ts';
import type { ReadNode } from '../model.ts';

/** Entries start, start + step, ... before end. */
export interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Bound on the parts that one node is put together from. */
const MAX_PARTS = 512;

/** Positions as few ranges that go up evenly, in their order. */
export function rangesOf(positions: readonly number[]): Range[] {
  const ranges: Range[] = [];
  for (let i = 0; i < positions.length;) {
    const start = positions[i] ?? 0;
    const step = Math.max(1, (positions[i + 1] ?? start + 1) - start);
    let count = 1;
    while (i + count < positions.length && positions[i + count] === start + count * step) count++;
    ranges.push({ start, end: start + (count - 1) * step + 1, step: count === 1 ? 1 : step });
    i += count;
  }
  return ranges;
}

/** The given parts of an axis, one after the other. */
export function joined(
  importer: Importer,
  node: ReadNode,
  source: Value,
  axis: number,
  ranges: readonly Range[],
  output?: string,
): Value {
  if (axis === 0) throw importer.fail(node, 'takes samples of the batch, which is not supported');
  if (ranges.length > MAX_PARTS) {
    throw importer.fail(node, `takes ${ranges.length} parts; up to ${MAX_PARTS} are supported`);
  }
  const name = () => importer.helperName(node, 'part');
  const parts = ranges.map(({ start, end, step }, _, { length }) =>
    importer.add(node, {
      op: 'Slice',
      inputs: [source],
      attrs: { starts: [start], ends: [end], axes: [axis], steps: [step] },
      output: length === 1 ? (output ?? name()) : name(),
    }),
  );
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return importer.add(node, { op: 'Concat', inputs: parts, attrs: { axis }, output: output ?? name() });
}
