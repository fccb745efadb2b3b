import type { Value } from './importer.ts';
import { OURS } from './order.ts';
import { type LayerAdder, regrouped, theirShape } from './regroup.ts';

/**
 * What is taken of one axis, or done with it: every `step`th element from `start` up to before `stop` (null: from one end to
 * the other), one element, whose axis goes, a new axis of size one, or all axes that nothing else stands for.
 */
export type Part =
  | { readonly start: number | null; readonly stop: number | null; readonly step: number | null }
  | { readonly at: number }
  | 'new'
  | 'rest';

/** As NumPy's indexing does it, with axes where TensorFlow has them; the batch must be taken whole. */
export function takeParts(to: LayerAdder, value: Value, parts: readonly Part[]): Value {
  const shape = theirShape(value);
  const rank = shape.length;
  const cuts: { axis: number; start: number; end: number; step: number }[] = [];
  const made: number[] = [];
  let axis = 0;
  const whole: Part = { start: null, stop: null, step: null };
  for (const part of spread(to, parts, rank)) {
    if (part === 'new') {
      if (axis === 0) throw to.fail('puts an axis before the batch');
      made.push(1);
      continue;
    }
    const size = shape[axis] ?? 1;
    const range = part === 'rest' ? whole : part;
    const single = 'at' in range;
    const from = single ? position(range.at, size) : (range.start ?? 0);
    const step = single ? 1 : (range.step ?? 1);
    const until = single ? from + 1 : (range.stop ?? Number.MAX_SAFE_INTEGER);
    if (step < 1) throw to.fail('takes an axis backwards, which is not supported');
    if (single && (from < 0 || from >= size)) throw to.fail(`takes element ${range.at} of ${size}`);
    const [start, end] = [clamped(from, size), clamped(until, size)];
    const count = Math.max(0, Math.ceil((end - start) / step));
    if (axis === 0) {
      // The batch counts as 1 here: every part but the whole of it is refused.
      if (single || start !== 0 || step !== 1 || (range.stop ?? null) !== null) {
        throw to.fail('takes a part of the batch');
      }
    } else {
      if (count === 0) throw to.fail(`takes nothing of axis ${axis}, which has ${size} entries`);
      if (count !== size) cuts.push({ axis: rank === 4 ? (OURS[axis] ?? 0) : axis, start, end, step });
      if (!single) made.push(count);
    }
    axis++;
  }
  const keeps = made.length === rank - 1 && !parts.some((part) => part === 'new' || isSingle(part));
  if (cuts.length === 0) return keeps ? value : regrouped(to, value, made);
  const attrs = {
    starts: cuts.map(({ start }) => start),
    ends: cuts.map(({ end }) => end),
    axes: cuts.map((cut) => cut.axis),
    steps: cuts.map(({ step }) => step),
  };
  if (keeps) return to.add('Slice', [value], attrs);
  return regrouped(to, to.add('Slice', [value], attrs, {}, 'taken'), made);
}

/** One part for each axis there is: what 'rest' stands for, at its place or at the end. */
function spread(to: LayerAdder, parts: readonly Part[], rank: number): Part[] {
  const whole: Part = { start: null, stop: null, step: null };
  const named = parts.filter((part) => part !== 'new' && part !== 'rest').length;
  const rests = parts.filter((part) => part === 'rest').length;
  if (named > rank || rests > 1) throw to.fail(`takes parts of ${named} axes of a value of rank ${rank}`);
  const missing = Array<Part>(rank - named).fill(whole);
  const all = parts.flatMap((part) => (part === 'rest' ? missing : [part]));
  return rests === 0 ? [...all, ...missing] : all;
}

function isSingle(part: Part): boolean {
  return typeof part === 'object' && 'at' in part;
}

function position(value: number, size: number): number {
  return value < 0 ? value + size : value;
}

function clamped(value: number, size: number): number {
  return Math.min(Math.max(position(value, size), 0), size);
}
