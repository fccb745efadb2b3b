import { isTrained, sizeOf, type MaskSet, type Network } from '../graph.ts';
import { batchNorms } from '../norm-after.ts';
import type { Component, Member } from './components.ts';

/**
 * Masks with a zero wherever a component that leaves has a trained number: what makes it, what reads it and what goes along with
 * it. Parameters of which nothing leaves have none.
 */
export function componentMasks(network: Network, removed: Iterable<Component>): MaskSet {
  return masksOf(network, removed, ({ role }) => isTrained(role));
}

/**
 * Masks of what carries the signal of components: weights that make it or filter it by itself, and the scales of batch norms. What
 * is left of each is the constant that its biases and shifts make: of a batch norm its shift, the mean of what it gave.
 */
export function signalMasks(network: Network, removed: Iterable<Component>): MaskSet {
  const scales = new Set(batchNorms(network).map(({ params }) => params['scale']));
  return masksOf(
    network,
    removed,
    ({ role, side, param }) => (role === 'weight' && side !== 'reads') || scales.has(param),
  );
}

function masksOf(
  network: Network,
  removed: Iterable<Component>,
  which: (member: Member) => boolean,
): MaskSet {
  const masks: MaskSet = new Map();
  for (const { members } of removed) {
    for (const member of members) {
      if (!which(member)) continue;
      const { param, axis, indices } = member;
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
