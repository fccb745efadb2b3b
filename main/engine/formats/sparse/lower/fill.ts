import type { Node } from '../../../network/graph.ts';
import { constant } from '../kernel.ts';
import { walk } from '../kernels/walk.ts';
import type { Value } from '../value.ts';
import type { LowerContext } from './lowering.ts';
import { at } from './lowering.ts';

/** Gives every number of a value the same value; of an image also those between its rows and planes. */
export function fill(context: LowerContext, node: Node, value: Value, by: number): void {
  const { planes, shape, strides } = value;
  const size = planes === undefined ? undefined : planes.channels * planes.plane;
  const kernel = walk({
    what: `fill_${by}`,
    dims: size === undefined ? shape : [size],
    strides: size === undefined ? strides : [1],
    operands: [],
    term: () => constant(by),
  });
  context.call(node, kernel, [at(value)]);
}
