import type { EspalierError } from '../../../contract/errors.ts';
import type { AttrValue } from '../../network/graph.ts';
import { sizeOf } from '../../network/graph.ts';
import type { Value } from './importer.ts';
import { OURS, sameOrder, THEIRS } from './order.ts';

/** Adds the layers of one use of a Keras layer, or of one TensorFlow operation. Without a part, a layer makes the whole's value. */
export interface LayerAdder {
  fail(message: string, remedy?: string): EspalierError;
  add(
    op: string,
    inputs: readonly Value[],
    attrs?: Readonly<Record<string, AttrValue>>,
    params?: Readonly<Record<string, string>>,
    part?: string,
  ): Value;
  transposed(value: Value, perm: readonly number[], part: string): Value;
}

/** A value's shape as TensorFlow has it. */
export function theirShape({ shape }: Pick<Value, 'shape'>): readonly number[] {
  return shape.length === 4 ? OURS.map((axis) => shape[axis] ?? 1) : shape;
}

/** A value whose elements are in the order in which Keras and TensorFlow have them. */
export function inTheirOrder(to: LayerAdder, value: Value): Value {
  return sameOrder(value.shape) ? value : to.transposed(value, OURS, 'channels_last');
}

/**
 * Gives a value another shape.
 * @param sample the shape of a sample as TensorFlow has it, of the same size as the value's; one entry may be -1
 */
export function regrouped(to: LayerAdder, value: Value, sample: readonly number[]): Value {
  const size = sizeOf(value.shape);
  const wanted = [...sample];
  const open = wanted.indexOf(-1);
  if (open >= 0) wanted[open] = size / sizeOf(wanted.filter((_, i) => i !== open));
  if (sizeOf(wanted) !== size || !wanted.every((dim) => Number.isSafeInteger(dim) && dim > 0)) {
    throw to.fail(
      `makes samples of [${sample.join(', ')}] from [${theirShape(value).slice(1).join(', ')}], which is not supported`,
    );
  }
  const flat = inTheirOrder(to, value);
  if (wanted.length === 1) return to.add('Flatten', [flat]);
  if (wanted.length !== 3) return to.add('Reshape', [flat], { shape: wanted });
  const [height = 1, width = 1, channels = 1] = wanted;
  const ours = [channels, height, width];
  if (sameOrder([1, ...ours])) return to.add('Reshape', [flat], { shape: ours });
  const last = to.add('Reshape', [flat], { shape: wanted }, {}, 'reshaped');
  return to.add('Transpose', [last], { perm: THEIRS });
}
