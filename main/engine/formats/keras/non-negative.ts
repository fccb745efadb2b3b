import type { Network } from '../../network/graph.ts';
import { opOf } from '../../network/ops/index.ts';

/** The values of the network that are never negative, as far as its layers' types tell. Zeros beside them never win a maximum. */
export function nonNegativeValues({ nodes }: Pick<Network, 'nodes'>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const node of nodes) {
    const inputs = node.inputs.every((name) => found.has(name));
    if (opOf(node).neverNegative?.(node, inputs)) for (const name of node.outputs) found.add(name);
  }
  return found;
}
