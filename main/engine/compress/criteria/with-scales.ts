import { trainableParams, type Network } from '../../network/graph.ts';

/** Parameters that may be pruned and the scales of norms: a channel counts by both. */
export function withScales(network: Network, params: readonly string[]): string[] {
  return trainableParams(network).filter(
    (name) => network.params[name]?.role === 'scale' || params.includes(name),
  );
}
