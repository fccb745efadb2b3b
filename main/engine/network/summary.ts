import type { NetworkSummary } from '../../contract/catalog.ts';
import { networkCost } from './cost.ts';
import type { Network } from './graph.ts';
import { asInFile } from './head.ts';
import { classCount, inferShapes } from './shape.ts';

/** Layers and costs of a network, as the screens show them. */
export function summarizeNetwork(network: Network): NetworkSummary {
  const cost = networkCost(network);
  return {
    name: network.name,
    inputShape: [...(network.inputs[0]?.shape ?? [])],
    classes: classCount(network),
    outputs: outputsOf(network),
    parameters: cost.parameters,
    prunable: cost.prunable,
    macs: cost.macs,
    layers: cost.layers.map((layer) => ({
      name: layer.name,
      op: layer.op,
      outputShape: [...layer.shape],
      parameters: layer.parameters,
      macs: layer.macs,
      weights: [...layer.weights],
    })),
  };
}

/**
 * The outputs of a network, or of the file that it came from.
 * @param used the one that is used, where that is known
 */
export function outputsOf(network: Network, used?: string): NetworkSummary['outputs'] {
  const shapes = inferShapes(network, 1);
  return asInFile(network).outputs.map((name) => {
    const shape = (shapes.get(name) ?? []).slice(1);
    return { name, shape, ...(used === undefined ? {} : { used: name === used }) };
  });
}
