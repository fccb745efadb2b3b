import { expect, it } from 'vitest';
import { NetworkBuilder } from '../../../../main/engine/network/builder.ts';
import { coupling } from '../../../../main/engine/network/coupling/index.ts';
import { cutModel } from '../../../../main/engine/network/cut.ts';
import { sizeOf } from '../../../../main/engine/network/graph.ts';
import { shrink } from '../../../../main/engine/network/shrink.ts';

it('takes the same slices of weights, masks and the optimiser', () => {
  const network = new NetworkBuilder('small', [2]).dense('first', 3).relu().dense('second', 2).build();
  const counting = (name: string) =>
    Float32Array.from({ length: sizeOf(network.params[name]?.shape ?? []) }, (_, i) => i);
  const names = Object.keys(network.params);
  const model = {
    network,
    weights: new Map(
      names.map((name) => [name, { shape: network.params[name]?.shape ?? [], data: counting(name) }]),
    ),
    masks: new Map([['second.weight', Uint8Array.of(0, 1, 0, 1, 1, 0)]]),
    optimizer: { slots: new Map(names.map((name) => [`velocity/${name}`, counting(name)])), steps: 7 },
  };
  const found = coupling(network);
  const shrunk = shrink(network, found, found.groups[0]?.components.slice(1, 2) ?? []);
  const smaller = cutModel(model, shrunk);
  expect(smaller.network).toBe(shrunk.network);
  expect(Object.fromEntries(smaller.weights)).toEqual({
    'first.weight': { shape: [2, 2], data: Float32Array.of(0, 1, 4, 5) },
    'first.bias': { shape: [2], data: Float32Array.of(0, 2) },
    'second.weight': { shape: [2, 2], data: Float32Array.of(0, 2, 3, 5) },
    'second.bias': { shape: [2], data: Float32Array.of(0, 1) },
  });
  expect(smaller.masks).toEqual(new Map([['second.weight', Uint8Array.of(0, 0, 1, 0)]]));
  expect(smaller.optimizer.steps).toBe(7);
  expect(smaller.optimizer.slots.get('velocity/first.weight')).toEqual(Float32Array.of(0, 1, 4, 5));
  expect(smaller.optimizer.slots.get('velocity/second.bias')).toEqual(Float32Array.of(0, 1));
});
