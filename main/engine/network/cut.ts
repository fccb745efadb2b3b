import { sizeOf, type MaskSet, type WeightSet } from './graph.ts';
import type { Model, SlotSet, Snapshot } from './model.ts';
import type { Part, Shrunk } from './shrink.ts';

/** A model without the channels that left its network: weights, masks and the optimiser's slots are cut alike. */
export function cutModel(model: Model, shrunk: Shrunk): Model {
  const masks: MaskSet = new Map(
    [...model.masks].map(([name, mask]) => [name, cut(mask, partOf(shrunk, name))]),
  );
  return { ...cutSnapshot(model, shrunk), masks };
}

/** A model at an earlier moment, without the channels that left. Biases that the network has got since are zero there. */
export function cutSnapshot({ weights, optimizer }: Snapshot, shrunk: Shrunk): Snapshot {
  return {
    network: shrunk.network,
    weights: cutWeights(withZeros(weights, shrunk), shrunk),
    optimizer: { ...optimizer, slots: cutSlots(optimizer.slots, shrunk) },
  };
}

export function cutWeights(weights: WeightSet, shrunk: Shrunk): WeightSet {
  return new Map(
    [...weights].map(([name, { data }]) => {
      const shape = shrunk.network.params[name]?.shape ?? [];
      return [name, { shape, data: cut(data, partOf(shrunk, name)) }];
    }),
  );
}

/** Arrays that are called after a parameter, as an optimiser's slots are: 'velocity/conv1.weight'. */
function cutSlots(slots: SlotSet, shrunk: Shrunk): SlotSet {
  return new Map(
    [...slots].map(([slot, data]) => [slot, cut(data, partOf(shrunk, slot.slice(slot.indexOf('/') + 1)))]),
  );
}

function withZeros(weights: WeightSet, { parts }: Shrunk): WeightSet {
  const missing = [...parts].filter(([name]) => !weights.has(name));
  const zeros = missing.map(
    ([name, { shape }]) => [name, { shape, data: new Float32Array(sizeOf(shape)) }] as const,
  );
  return new Map([...weights, ...zeros]);
}

function partOf({ parts }: Shrunk, param: string): Part {
  const part = parts.get(param);
  if (part === undefined) throw new Error(`the network has no parameter '${param}'`);
  return part;
}

/** What stays of an array in the shape of a parameter. */
function cut<T extends Float32Array | Uint8Array>(data: T, { shape, indices }: Part): T {
  const result = data.slice(
    0,
    indices.reduce((size, { length }) => size * length, 1),
  ) as T;
  let at = 0;
  const visit = (axis: number, offset: number): void => {
    const kept = indices[axis];
    if (kept === undefined) result[at++] = data[offset] as number;
    else for (const index of kept) visit(axis + 1, offset * (shape[axis] ?? 1) + index);
  };
  visit(0, 0);
  return result;
}
