import type { NetworkSummary } from '../../contract/catalog.ts';
import { networkCost } from './cost.ts';
import type { Network } from './graph.ts';
import { classCount } from './shape.ts';

/** Layers and costs of a network, as the screens show them. */
export function summarizeNetwork(network: Network): NetworkSummary {
  const cost = networkCost(network);
  return {
    name: network.name,
    inputShape: [...(network.inputs[0]?.shape ?? [])],
    classes: classCount(network),
    parameters: cost.parameters,
    prunable: cost.prunable,
    macs: cost.macs,
    layers: cost.layers.map((layer) => ({
      name: layer.name,
      op: layer.op,
      outputShape: [...layer.shape],
      parameters: layer.parameters,
      macs: layer.macs,
    })),
  };
}
