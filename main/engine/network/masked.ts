import type { MaskSet, WeightSet } from './graph.ts';

/** The values of one parameter with its pruned weights set to zero (+0); the weight set is left as it is. */
export function maskedValues(name: string, weights: WeightSet, masks: MaskSet | undefined): Float32Array {
  const data = weights.get(name)?.data ?? new Float32Array();
  const mask = masks?.get(name);
  return mask === undefined ? data : data.map((value, i) => (mask[i] === 0 ? 0 : value));
}

/** All parameters with their pruned weights set to zero. */
export function maskedSet(weights: WeightSet, masks: MaskSet | undefined): WeightSet {
  return new Map(
    [...weights].map(([name, { shape }]) => [name, { shape, data: maskedValues(name, weights, masks) }]),
  );
}
