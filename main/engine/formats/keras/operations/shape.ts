import { resized } from '../layers/resizing.ts';
import type { Call, KerasReader, KerasReaders } from '../call.ts';
import type { Value } from '../importer.ts';
import { OURS, THEIRS } from '../order.ts';
import { type Part, takeParts } from '../parts.ts';
import { regrouped, theirShape } from '../regroup.ts';
import { flagSetting, integersSetting, setting, valueOf } from './operands.ts';

/** Axes of a value as Keras counts them, from the start. */
function axesOf(call: Call, rank: number): number[] {
  const axes = integersSetting(call, 'axis', 1).map((axis) => (axis < 0 ? axis + rank : axis));
  const fine = axes.every((axis) => axis >= 1 && axis < rank) && new Set(axes).size === axes.length;
  if (!fine) throw call.fail(`works on the axes ${axes.join(', ')} of a value of rank ${rank}`);
  return axes.sort((a, b) => a - b);
}

/** A reduction. Where it takes axes out of an image, those that stay are put where Keras has them. */
function reduce(op: string): KerasReader {
  return (call) => {
    const value = valueOf(call);
    const { length: rank } = value.shape;
    if ((setting(call, 'axis', 1) ?? null) === null) throw call.fail('reduces the batch too');
    const axes = axesOf(call, rank);
    const ours = axes.map((axis) => call.axis(value, axis)).sort((a, b) => a - b);
    const keepdims = flagSetting(call, 'keepdims', 2, false);
    if (keepdims || rank !== 4) return call.add(op, [value], { axes: ours, keepdims });
    const stay = OURS.filter((axis) => !ours.includes(axis));
    const sorted = [...stay].sort((a, b) => a - b);
    const perm = stay.map((axis) => sorted.indexOf(axis));
    if (perm.every((axis, i) => axis === i)) return call.add(op, [value], { axes: ours, keepdims });
    const made = call.add(op, [value], { axes: ours, keepdims }, {}, 'reduced');
    return call.add('Transpose', [made], { perm });
  };
}

/** One of Python's `x[...]`: a slice, an index, None or an ellipsis. */
function partOf(call: Call, given: unknown): Part {
  if (given === null) return 'new';
  if (Number.isSafeInteger(given)) return { at: Number(given) };
  const { class_name: kind, config } = given as { class_name?: unknown; config?: unknown };
  if (kind === '__ellipsis__') return 'rest';
  const range = (kind === '__slice__' ? config : given) as Readonly<Record<string, unknown>>;
  const ends = ['start', 'stop', 'step'].map((name) => range[name] ?? null);
  if (typeof given !== 'object' || !ends.every((end) => end === null || Number.isSafeInteger(end))) {
    throw call.fail(`takes the part ${JSON.stringify(given)}, which is not supported`);
  }
  const [start = null, stop = null, step = null] = ends as (number | null)[];
  return { start, stop, step };
}

function getItem(call: Call): Value {
  const found = call.argument(1, 'key', 'slice_spec');
  const key = found !== undefined && 'literal' in found ? found.literal : undefined;
  if (key === undefined) throw call.fail('takes a part that is computed from the data');
  const parts = (Array.isArray(key) ? key : [key]).map((part: unknown) => partOf(call, part));
  return takeParts(call, valueOf(call), parts);
}

export const shape: KerasReaders = {
  Mean: reduce('ReduceMean'),
  Sum: reduce('ReduceSum'),
  Max: reduce('ReduceMax'),
  GetItem: getItem,

  Reshape(call) {
    const name = call.layer.config['newshape'] === undefined ? 'shape' : 'newshape';
    const [batch, ...sample] = integersSetting(call, name, 1);
    const value = valueOf(call);
    if (batch !== -1 || sample.includes(-1)) {
      throw call.fail(
        `makes the shape [${[batch, ...sample].join(', ')}], which does not keep the batch open`,
      );
    }
    return regrouped(call, value, sample);
  },

  Transpose(call) {
    const value = valueOf(call);
    const axes = integersSetting(call, setting(call, 'axes', 1) === undefined ? 'perm' : 'axes', 1);
    if (
      axes[0] !== 0 ||
      !value.shape.every((_, i) => axes.includes(i)) ||
      axes.length !== value.shape.length
    ) {
      throw call.fail(`orders axes as [${axes.join(', ')}]`);
    }
    const perm = axes.length === 4 ? THEIRS.map((axis) => OURS[axes[axis] ?? 0] ?? 0) : axes;
    return call.transposed(value, perm, 'permuted');
  },

  ExpandDims(call) {
    const value = valueOf(call);
    const made = [...theirShape(value)];
    const given = integersSetting(call, 'axis', 1);
    const rank = made.length + given.length;
    for (const axis of given.map((place) => (place < 0 ? place + rank : place)).sort((a, b) => a - b)) {
      if (axis < 1 || axis >= rank) throw call.fail(`adds an axis at place ${axis}`);
      made.splice(axis, 0, 1);
    }
    return regrouped(call, value, made.slice(1));
  },

  Squeeze(call) {
    const value = valueOf(call);
    const before = theirShape(value);
    const all = (setting(call, 'axis', 1) ?? null) === null;
    const axes = all
      ? before.flatMap((dim, i) => (i > 0 && dim === 1 ? [i] : []))
      : axesOf(call, before.length);
    if (axes.some((axis) => before[axis] !== 1)) throw call.fail(`takes away the axes ${axes.join(', ')}`);
    return regrouped(
      call,
      value,
      before.filter((_, i) => i > 0 && !axes.includes(i)),
    );
  },

  Concatenate(call) {
    const [first] = call.inputs;
    if (first === undefined) throw call.fail('has no inputs');
    const [axis = -1] = setting(call, 'axis', 1) === undefined ? [-1] : integersSetting(call, 'axis', 1);
    return call.add('Concat', call.inputs, { axis: call.axis(first, axis) });
  },

  Resize(call) {
    const other = ['antialias', 'crop_to_aspect_ratio', 'pad_to_aspect_ratio', 'preserve_aspect_ratio'];
    const set = other.find((name, i) => flagSetting(call, name, 8 + i, false));
    if (set !== undefined) throw call.fail(`has '${set}', which is not supported`);
    const how = setting(call, 'interpolation', 2) ?? setting(call, 'method', 2) ?? 'bilinear';
    return resized(
      call,
      integersSetting(call, 'size', 1),
      typeof how === 'string' ? how : JSON.stringify(how),
    );
  },
};
