import type { Graph } from '../graph.ts';
import { arranged, elementwise, plain, type View } from '../layout.ts';
import { defineKernels, type KernelRule } from '../record.ts';
import { cast } from './unary.ts';

/** Where the extremes are. */

function position(op: 'ArgMax' | 'ArgMin'): KernelRule {
  return ({ g, inputs: { x }, attrs }) => {
    if (x?.value.type !== 'float32' && x?.value.type !== 'int32') return undefined;
    return positions(g, op, withoutNaN(g, op, x), attrs['axis'] as number | number[]);
  };
}

/** tfjs passes over NaN: it is never the extreme. */
function withoutNaN(g: Graph, op: 'ArgMax' | 'ArgMin', x: View): View {
  if (x.value.type !== 'float32') return x;
  const last = plain(g.scalar(op === 'ArgMax' ? -Infinity : Infinity));
  return elementwise(g, 'Where', [elementwise(g, 'IsNaN', [x], 'bool'), last, x], 'float32');
}

function positions(g: Graph, op: string, x: View, along: number | number[]): View | undefined {
  const axis = Array.isArray(along) ? along[0] : along;
  if (axis === undefined) return undefined;
  const logical = axis < 0 ? axis + x.shape.length : axis;
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

defineKernels({ ArgMax: position('ArgMax'), ArgMin: position('ArgMin') });
