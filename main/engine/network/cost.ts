import type { MaskSet, Network } from './graph.ts';
import { sizeOf } from './graph.ts';
import { opOf } from './ops/index.ts';
import { inferShapes } from './shape.ts';

/** One row of the cost table. A parameter that several layers share is counted at the first. */
interface LayerCost {
  readonly name: string;
  readonly op: string;
  /** Of the first output, for one sample (without the batch). */
  readonly shape: readonly number[];
  /** The parameters that may be pruned, of those counted here. */
  readonly weights: readonly string[];
  /** Trained numbers: weights, biases, normalisation scales and shifts. */
  readonly parameters: number;
  /** How many of them may be pruned. */
  readonly prunable: number;
  /** How many of these are. */
  readonly pruned: number;
  /** Trained numbers that the masks keep. */
  readonly nonzero: number;
  /** Multiply-accumulates of convolution and dense layers for one sample. The literature's 'FLOPs' of CIFAR networks. */
  readonly macs: number;
  /** macs * kept / all weights of the layer: what an ideal sparse kernel would do. */
  readonly effectiveMacs: number;
}

export interface NetworkCost {
  readonly layers: readonly LayerCost[];
  readonly parameters: number;
  readonly prunable: number;
  readonly nonzero: number;
  /** Share of the prunable weights that is pruned, in [0, 1]. */
  readonly sparsity: number;
  readonly macs: number;
  readonly effectiveMacs: number;
}

/** Parameters, non-zeros and multiply-accumulates per layer and in total; without masks nothing is pruned. */
export function networkCost(network: Network, masks: MaskSet = new Map()): NetworkCost {
  const shapes = inferShapes(network, 1);
  const counted = new Set<string>();
  const layers = network.nodes.map((node): LayerCost => {
    const inputs = node.inputs.map((name) => shapes.get(name) ?? []);
    const count = { parameters: 0, prunable: 0, pruned: 0, zeros: 0 };
    // The layer's own density also counts weights that it shares with an earlier one.
    const own = { weights: 0, pruned: 0 };
    const weights: string[] = [];
    for (const name of Object.values(node.params)) {
      const info = network.params[name];
      if (info === undefined || info.role === 'mean' || info.role === 'variance' || info.role === 'constant')
        continue;
      const size = sizeOf(info.shape);
      const pruned = prunedIn(masks.get(name));
      if (info.role === 'weight') {
        own.weights += size;
        own.pruned += pruned;
      }
      if (counted.has(name)) continue;
      counted.add(name);
      count.parameters += size;
      count.zeros += pruned;
      if (info.role === 'weight') {
        weights.push(name);
        count.prunable += size;
        count.pruned += pruned;
      }
    }
    const macs = opOf(node).cost?.(node, inputs, network).macs ?? 0;
    return {
      name: node.name,
      op: node.op,
      shape: (shapes.get(node.outputs[0] ?? '') ?? []).slice(1),
      weights,
      parameters: count.parameters,
      prunable: count.prunable,
      pruned: count.pruned,
      nonzero: count.parameters - count.zeros,
      macs,
      effectiveMacs: own.weights === 0 ? macs : (macs * (own.weights - own.pruned)) / own.weights,
    };
  });
  const total = (of: (layer: LayerCost) => number) => layers.reduce((sum, layer) => sum + of(layer), 0);
  const parameters = total((layer) => layer.parameters);
  const nonzero = total((layer) => layer.nonzero);
  const prunable = total((layer) => layer.prunable);
  return {
    layers,
    parameters,
    prunable,
    nonzero,
    sparsity: prunable === 0 ? 0 : total((layer) => layer.pruned) / prunable,
    macs: total((layer) => layer.macs),
    effectiveMacs: total((layer) => layer.effectiveMacs),
  };
}

function prunedIn(mask: Uint8Array | undefined): number {
  let pruned = 0;
  if (mask !== undefined) for (const kept of mask) if (kept === 0) pruned++;
  return pruned;
}
