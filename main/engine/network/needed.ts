import type { Network, Node, WeightSet } from './graph.ts';

/** Without the layers that no output depends on; their parameters leave the weight set too. */
export function onlyNeeded(network: Network, weights: WeightSet): Network {
  const needed = new Set(network.outputs);
  const nodes: Node[] = [];
  for (const node of network.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    nodes.push(node);
    for (const name of node.inputs) needed.add(name);
  }
  const used = new Set(nodes.flatMap((node) => Object.values(node.params)));
  const params = Object.fromEntries(Object.entries(network.params).filter(([name]) => used.has(name)));
  for (const name of [...weights.keys()]) if (!used.has(name)) weights.delete(name);
  return { ...network, nodes: nodes.reverse(), params };
}

/** Names of the parameters that a value depends on. */
export function paramsBehind(network: Network, value: string): Set<string> {
  const needed = new Set([value]);
  const params = new Set<string>();
  for (const node of network.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    for (const name of node.inputs) needed.add(name);
    for (const name of Object.values(node.params)) params.add(name);
  }
  return params;
}
