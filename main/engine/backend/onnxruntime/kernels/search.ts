import { computesPositions } from '../faults.ts';
import { type Graph, Value } from '../graph.ts';
import { arranged, elementwise, plain, type View } from '../layout.ts';
import { defineKernels, type KernelRule } from '../record.ts';
import { MAX, MIN, reduce } from './reduce.ts';
import { cast, whereNaN } from './unary.ts';

/** Where the extremes are. */

function position(op: 'ArgMax' | 'ArgMin'): KernelRule {
  return ({ g, inputs: { x }, attrs }) => {
    if (x?.value.type !== 'float32' && x?.value.type !== 'int32') return undefined;
    const along = attrs['axis'] as number | number[];
    const axis = Array.isArray(along) ? along[0] : along;
    if (axis === undefined) return undefined;
    const logical = axis < 0 ? axis + x.shape.length : axis;
    const numbers = withoutNaN(g, op, x);
    return (computesPositions(g.provider) ? positions : firstEqual)(g, op, numbers, logical);
  };
}

/** tfjs passes over NaN: it is never the extreme. */
function withoutNaN(g: Graph, op: 'ArgMax' | 'ArgMin', x: View): View {
  if (x.value.type !== 'float32') return x;
  const last = plain(g.scalar(op === 'ArgMax' ? -Infinity : Infinity));
  return elementwise(g, 'Where', [whereNaN(g, x), last, x], 'float32');
}

function positions(g: Graph, op: 'ArgMax' | 'ArgMin', x: View, logical: number): View {
  const order = x.shape.map((_, i) => i);
  const shape = x.shape.filter((_, i) => i !== logical);
  const found = g.op(
    op,
    [arranged(g, x, order)],
    { shape, type: 'int64' },
    { attrs: { axis: logical, keepdims: 0 } },
  );
  return cast(g, { value: found, perm: shape.map((_, i) => i), shape }, 'int32');
}

/** The least position of those that hold the extreme; the last, should none do. */
function firstEqual(g: Graph, op: 'ArgMax' | 'ArgMin', x: View, axis: number): View {
  const size = x.shape[axis] ?? 1;
  const extreme = reduce(g, op === 'ArgMax' ? MAX : MIN, x, [axis], true);
  const shape = x.shape.map((_, i) => (i === axis ? size : 1));
  const places = g.constant(`positions ${shape.join()}`, () =>
    Value.constant(
      Int32Array.from({ length: size }, (_, i) => i),
      shape,
      'int32',
    ),
  );
  const last = plain(g.scalar(size - 1, 'int32'));
  const found = elementwise(g, 'Where', [elementwise(g, 'Equal', [x, extreme], 'bool'), plain(places), last], 'int32'); // prettier-ignore
  return reduce(g, MIN, found, [axis], false);
}

defineKernels({ ArgMax: position('ArgMax'), ArgMin: position('ArgMin') });
