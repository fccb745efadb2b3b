import type { Network, Node } from './graph.ts';

/** Weight name -> the batch norm that the output of its layer goes into next, channel by channel. */
export function normsAfterWeights(network: Network): Map<string, Node> {
  const norms = new Map(
    network.nodes.filter(({ op }) => op === 'BatchNorm').map((node) => [node.inputs[0] ?? '', node]),
  );
  const found = new Map<string, Node>();
  for (const { params, outputs, op } of network.nodes) {
    const weight = params['weight'];
    const norm = norms.get(outputs[0] ?? '');
    if ((op === 'Conv2D' || op === 'Dense') && weight !== undefined && norm !== undefined) {
      found.set(weight, norm);
    }
  }
  return found;
}

/** The network whose running statistics are those of the last batch alone. */
export function withFullMomentum(network: Network): Network {
  const nodes = network.nodes.map((node) =>
    node.op === 'BatchNorm' ? { ...node, attrs: { ...node.attrs, momentum: 1 } } : node,
  );
  return { ...network, nodes };
}
