import type { Network, WeightSet } from './graph.ts';
import { neededNodes } from './graph.ts';

/** Without the layers that no output depends on, their parameters, and the inputs that only these read. */
export function neededPart(network: Network): Network {
  const nodes = neededNodes(network, network.outputs);
  const used = new Set(nodes.flatMap((node) => Object.values(node.params)));
  const read = new Set([...network.outputs, ...nodes.flatMap((node) => node.inputs)]);
  const elsewhere = new Set(network.nodes.flatMap((node) => node.inputs));
  const inputs = network.inputs.filter(({ name }) => read.has(name) || !elsewhere.has(name));
  const params = Object.fromEntries(Object.entries(network.params).filter(([name]) => used.has(name)));
  return { ...network, inputs, nodes, params };
}

/** Without the layers that no output depends on; their parameters leave the weight set too. */
export function onlyNeeded(network: Network, weights: WeightSet): Network {
  const { nodes, params } = neededPart(network);
  for (const name of [...weights.keys()]) if (params[name] === undefined) weights.delete(name);
  return { ...network, nodes, params };
}
