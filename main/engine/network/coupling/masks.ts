import { isTrained, sizeOf, type MaskSet, type Network } from '../graph.ts';
import type { Component } from './components.ts';

/**
 * Masks with a zero wherever a component that leaves has a trained number: what makes it, what reads it and what goes along with
 * it. Parameters of which nothing leaves have none.
 */
export function componentMasks(network: Network, removed: Iterable<Component>): MaskSet {
  const masks: MaskSet = new Map();
  for (const { members } of removed) {
    for (const { param, role, axis, indices } of members) {
      if (!isTrained(role)) continue;
      const shape = network.params[param]?.shape ?? [];
      const mask = masks.get(param) ?? new Uint8Array(sizeOf(shape)).fill(1);
      masks.set(param, mask);
      const inner = sizeOf(shape.slice(axis + 1));
      const size = shape[axis] ?? 1;
      for (let outer = 0; outer < mask.length; outer += size * inner) {
        for (const index of indices) mask.fill(0, outer + index * inner, outer + (index + 1) * inner);
      }
    }
  }
  return masks;
}
