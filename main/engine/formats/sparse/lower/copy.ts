import type { Node } from '../../../network/graph.ts';
import { walk } from '../kernels/walk.ts';
import type { Value } from '../value.ts';
import type { LowerContext } from './lowering.ts';
import { at } from './lowering.ts';

type Placed = Pick<Value, 'buffer' | 'offset' | 'shape' | 'strides'>;

/** Copies the numbers of one value to where those of another one lie, index by index. */
export function copy(
  context: Pick<LowerContext, 'call'>,
  node: Pick<Node, 'name'>,
  from: Placed,
  to: Placed,
): void {
  const kernel = walk({
    what: 'copy',
    dims: to.shape,
    strides: to.strides,
    operands: [{ name: 'x', kind: 'read', strides: from.strides }],
    term: (x) => x ?? { is: 'constant', value: 0 },
  });
  context.call(node as Node, kernel, [at(to), at(from)]);
}
