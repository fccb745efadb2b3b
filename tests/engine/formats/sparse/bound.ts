import type { MaskSet, Network, WeightSet } from '../../../../main/engine/network/graph.ts';
import { prunableParams } from '../../../../main/engine/network/graph.ts';

/** The smallest weights of all layers together, so that layers differ. */
export function smallest(network: Network, weights: WeightSet, sparsity: number): MaskSet {
  const names = prunableParams(network);
  const valuesOf = (name: string) => weights.get(name)?.data ?? new Float32Array();
  const sizes = Float32Array.from(names.flatMap((name) => [...valuesOf(name)].map(Math.abs))).sort();
  const cut = sizes[Math.floor(sizes.length * sparsity)] ?? 0;
  return new Map(
    names.map((name) => [name, Uint8Array.from(valuesOf(name), (w) => Number(Math.abs(w) >= cut))]),
  );
}

/**
 * What no code of a network's numbers can be shorter than on average: the bytes of each weight that is not zero, the entropy of where
 * these are, of weights of a byte a scale for each output channel, and the biases.
 */
export function boundOf(weights: WeightSet, weightBytes = 4): number {
  let bytes = 0;
  for (const { data, shape } of weights.values()) {
    if (shape.length === 1) {
      bytes += data.length * 4;
      continue;
    }
    const kept = data.filter((value) => value !== 0).length;
    const share = kept / data.length;
    const entropy = [share, 1 - share].reduce((sum, p) => sum - (p === 0 ? 0 : p * Math.log2(p)), 0);
    const scales = weightBytes === 1 ? (shape[0] ?? 0) * 4 : 0;
    bytes += kept * weightBytes + (data.length * entropy) / 8 + scales;
  }
  return bytes;
}
