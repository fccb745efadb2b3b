import type { MaskSet, Network, TensorData, WeightSet } from '../network/graph.ts';
import { prunableParams, sizeOf } from '../network/graph.ts';
import type { LayerSparsity } from '../../contract/run.ts';

/** Sets pruned weights to zero, in place. */
export function applyMasks(weights: WeightSet, masks: MaskSet): void {
  for (const [name, mask] of masks) {
    const { data } = weights.get(name) as TensorData;
    for (let i = 0; i < mask.length; i++) if (mask[i] === 0) data[i] = 0;
  }
}

/** Number of pruned weights that are not zero: 0, or something is wrong. */
export function revivedWeights(weights: WeightSet, masks: MaskSet): number {
  let count = 0;
  for (const [name, mask] of masks) {
    const { data } = weights.get(name) as TensorData;
    for (let i = 0; i < mask.length; i++) if (mask[i] === 0 && data[i] !== 0) count++;
  }
  return count;
}

/**
 * Kept weights of every prunable layer, in the network's order; a layer without a mask is whole.
 * @param base what the network was before channels left it
 */
export function layerSparsities(network: Network, masks: MaskSet, base = network): LayerSparsity[] {
  return prunableParams(base).map((name) => {
    const [total, left] = [base, network].map(({ params }) => sizeOf(params[name]?.shape ?? [])) as [
      number,
      number,
    ];
    const mask = masks.get(name);
    return { name, total, kept: mask === undefined ? left : countKept(mask) };
  });
}

/** The same with each layer's width: its output channels (the first axis), and those of which some weight is kept. */
export function layersLeft(network: Network, masks: MaskSet, base = network): LayerSparsity[] {
  return layerSparsities(network, masks, base).map((layer) => {
    const total = base.params[layer.name]?.shape[0] ?? 1;
    const left = network.params[layer.name]?.shape[0] ?? 0;
    const mask = masks.get(layer.name);
    return { ...layer, channels: { total, kept: mask === undefined ? left : rowsKept(mask, left) } };
  });
}

/** Of how many rows some value is kept. */
function rowsKept(mask: Uint8Array, rows: number): number {
  const size = mask.length / Math.max(1, rows);
  let kept = 0;
  for (let row = 0; row < rows; row++) if (mask.subarray(row * size, (row + 1) * size).includes(1)) kept++;
  return kept;
}

/** How many of the prunable weights are kept. */
export function keptWeights(network: Network, masks: MaskSet): number {
  return layerSparsities(network, masks).reduce((sum, layer) => sum + layer.kept, 0);
}

/**
 * Share of all prunable weights that are pruned, 0..1.
 * @param base what the network was before channels left it; their weights count as pruned
 */
export function overallSparsity(network: Network, masks: MaskSet, base = network): number {
  const total = keptWeights(base, new Map());
  return total === 0 ? 0 : 1 - keptWeights(network, masks) / total;
}

/** Share of the weights of all masks that only the new masks keep, 0..1; what had no mask before was kept. */
export function shareGrown(before: MaskSet, after: MaskSet): number {
  let grown = 0;
  let total = 0;
  for (const [name, mask] of after) {
    total += mask.length;
    const old = before.get(name);
    if (old === undefined) continue;
    for (let i = 0; i < mask.length; i++) if (mask[i] !== 0 && old[i] === 0) grown++;
  }
  return total === 0 ? 0 : grown / total;
}

export function countKept(mask: Uint8Array): number {
  let kept = 0;
  for (const bit of mask) kept += bit;
  return kept;
}

/** Deep copies: a snapshot must not change when training goes on. */
export function copyWeights(weights: WeightSet): WeightSet {
  return new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));
}
export function copyMasks(masks: MaskSet): MaskSet {
  return new Map([...masks].map(([name, mask]) => [name, mask.slice()]));
}
