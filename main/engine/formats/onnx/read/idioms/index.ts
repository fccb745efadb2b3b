import type { Network, WeightSet } from '../../../../network/graph.ts';
import { recogniseActivations } from './activation.ts';
import { IdiomGraph } from './graph.ts';
import { recogniseLayerNorms } from './layer-norm.ts';

/** Puts one layer in the place of several that other programs write for it. The network computes the same. */
export function recogniseIdioms(
  network: Network,
  weights: WeightSet,
): { network: Network; weights: WeightSet } {
  const graph = new IdiomGraph(network, weights);
  recogniseLayerNorms(graph, network.nodes);
  recogniseActivations(graph, network.nodes);
  return graph.finish();
}
