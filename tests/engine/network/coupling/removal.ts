import { Random } from '../../../../main/engine/base/random.ts';
import type { Component } from '../../../../main/engine/network/coupling/components.ts';
import { coupling, type Coupling } from '../../../../main/engine/network/coupling/index.ts';
import type { CouplingOptions } from '../../../../main/contract/groups.ts';
import {
  sizeOf,
  type Network,
  type TensorData,
  type WeightSet,
} from '../../../../main/engine/network/graph.ts';
import { maskedSet } from '../../../../main/engine/network/masked.ts';
import { shrink, type Shrunk } from '../../../../main/engine/network/shrink.ts';
import { componentMasks } from '../../../../main/engine/network/coupling/masks.ts';
import { cutWeights } from '../../../../main/engine/network/cut.ts';
import { difference, normalTensor, runTf } from '../run.ts';

/** Random numbers for every parameter, also for those that would start as zeros, with which values keep about their size. */
export function sizedWeights(network: Network, seed: number): WeightSet {
  const random = Random.from(seed, 'weights');
  return new Map(
    Object.entries(network.params).map(([name, { shape, role }]) => {
      const spread = role === 'weight' ? 1 / Math.sqrt(Math.max(1, sizeOf(shape.slice(1)))) : 0.5;
      const centre = role === 'scale' || role === 'variance' ? 1 : 0;
      const draw = () => (role === 'variance' ? 0.5 + random.float() : centre + spread * random.normal());
      return [name, { shape, data: Float32Array.from({ length: sizeOf(shape) }, draw) }];
    }),
  );
}

/** A share of the components of every group, at random; at least one of each stays. */
export function someOf({ groups }: Coupling, share: number, seed: number): Component[] {
  const random = Random.from(seed, 'removed');
  return groups.flatMap(({ components }) => {
    const count = Math.min(Math.round(components.length * share), components.length - 1);
    return shuffled(components, random).slice(0, count);
  });
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random.float() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

export interface Removal {
  readonly found: Coupling;
  readonly removed: readonly Component[];
  readonly shrunk: Shrunk;
  /** Largest difference between the masked and the smaller network's answers, relative to the largest answer. */
  readonly apart: number;
  readonly masked: TensorData;
  readonly compact: { readonly network: Network; readonly weights: WeightSet };
}

export function inputOf(network: Network, samples = 2): Record<string, TensorData> {
  return Object.fromEntries(
    network.inputs.map(({ name, shape }) => [name, normalTensor([samples, ...shape], `input ${name}`)]),
  );
}

/** Takes a share of all channels out, and compares with the network in which they are zero. */
export function removeSome(
  network: Network,
  share: number,
  seed: number,
  options: CouplingOptions = {},
): Removal {
  const weights = sizedWeights(network, seed);
  const found = coupling(network, options);
  const removed = someOf(found, share, seed);
  const shrunk = shrink(network, found, removed);
  const inputs = inputOf(network);
  const masked = runTf(network, maskedSet(weights, componentMasks(network, removed)), inputs);
  const compact = { network: shrunk.network, weights: cutWeights(weights, shrunk) };
  const apart = difference(runTf(compact.network, compact.weights, inputs), masked);
  return { found, removed, shrunk, apart, masked, compact };
}
