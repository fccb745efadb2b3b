import type { Value } from '../../keras/importer.ts';
import type { GraphImporter } from './importer.ts';
import type { GraphNode } from './nodes.ts';

/** What is taken of one axis, counted as TensorFlow does: every `step`th element from `start` up to before `end`. */
interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Adds the layer that takes these parts; the batch must be taken whole. */
function take(importer: GraphImporter, node: GraphNode, value: Value, ranges: readonly Range[]): void {
  const [batch, ...sample] = ranges;
  if (ranges.length !== value.shape.length || batch?.start !== 0 || batch.end < 1) {
    throw importer.fail(node, 'takes a part of the batch');
  }
  const cuts = sample.map((range, i) => ({ ...range, axis: importer.axis(node, value, i + 1) }));
  const real = cuts.filter(
    ({ start, end, step, axis }) => start !== 0 || step !== 1 || end < (value.shape[axis] ?? 0),
  );
  if (real.length === 0) {
    importer.values.set(node.name, value);
    return;
  }
  importer.add(node, 'Slice', [value], {
    starts: real.map(({ start }) => start),
    ends: real.map(({ end }) => end),
    axes: real.map(({ axis }) => axis),
    steps: real.map(({ step }) => step),
  });
}

/** Slice: where parts begin, and how long they are; -1 stands for all that follows. */
export function slice(importer: GraphImporter, node: GraphNode): void {
  const value = importer.value(node);
  const begins = importer.list(node, 1);
  const sizes = importer.list(node, 2);
  const ranges = begins.map((start, i) => {
    const size = sizes[i] ?? -1;
    return { start, end: size < 0 ? Number.MAX_SAFE_INTEGER : start + size, step: 1 };
  });
  take(importer, node, value, ranges);
}

/** StridedSlice of a value. Axes that are not named are taken whole. */
export function stridedValue(importer: GraphImporter, node: GraphNode): void {
  const value = importer.value(node);
  const [begins, ends, steps] = [1, 2, 3].map((i) => importer.list(node, i)) as [
    number[],
    number[],
    number[],
  ];
  const mask = (name: string) => node.attrs[name]?.i ?? 0;
  const shaping = mask('ellipsis_mask') + mask('new_axis_mask') + mask('shrink_axis_mask');
  if (shaping > 0) throw importer.fail(node, 'takes or adds axes while it cuts, which is not supported');
  const bit = (name: string, i: number) => Math.floor(mask(name) / 2 ** i) % 2 === 1;
  const ranges = value.shape.map((_, i) => ({
    start: i >= begins.length || bit('begin_mask', i) ? 0 : (begins[i] ?? 0),
    end: i >= begins.length || bit('end_mask', i) ? Number.MAX_SAFE_INTEGER : (ends[i] ?? 0),
    step: steps[i] ?? 1,
  }));
  take(importer, node, value, ranges);
}
