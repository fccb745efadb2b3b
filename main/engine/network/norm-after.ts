import type { Network, Node } from './graph.ts';
import { opOf } from './ops/index.ts';

/** The batch norms of a network, in order. */
export function batchNorms({ nodes }: Pick<Network, 'nodes'>): Node[] {
  return nodes.filter((node) => opOf(node).runningStatistics);
}

/** Weight name -> the batch norm that the output of its layer goes into next, channel by channel. */
export function normsAfterWeights(network: Network): Map<string, Node> {
  const norms = new Map(batchNorms(network).map((node) => [node.inputs[0] ?? '', node]));
  const found = new Map<string, Node>();
  for (const node of network.nodes) {
    const weight = node.params['weight'];
    const norm = norms.get(node.outputs[0] ?? '');
    if (opOf(node).makesChannels && weight !== undefined && norm !== undefined) found.set(weight, norm);
  }
  return found;
}

/** The network whose running statistics are those of the last batch alone. */
export function withFullMomentum(network: Network): Network {
  const nodes = network.nodes.map((node) =>
    opOf(node).runningStatistics ? { ...node, attrs: { ...node.attrs, momentum: 1 } } : node,
  );
  return { ...network, nodes };
}
