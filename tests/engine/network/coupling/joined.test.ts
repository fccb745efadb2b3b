import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { summedValues } from '../../../../main/engine/network/constants.ts';
import type { Component } from '../../../../main/engine/network/coupling/components.ts';
import { coupling } from '../../../../main/engine/network/coupling/index.ts';
import { componentMasks } from '../../../../main/engine/network/coupling/masks.ts';
import { cutWeights } from '../../../../main/engine/network/cut.ts';
import { foldConstants } from '../../../../main/engine/network/fold-constants.ts';
import type { Network, WeightSet } from '../../../../main/engine/network/graph.ts';
import { maskedSet } from '../../../../main/engine/network/masked.ts';
import { shrink } from '../../../../main/engine/network/shrink.ts';
import { difference, runTf } from '../run.ts';
import { Graph } from './graph.ts';
import { inputOf, sizedWeights } from './removal.ts';
import { valuesOf } from './values.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Units of a sum over axis 2 that leave; each is taken out by itself, and the answers have to stay those of the masked network. */
function leaving(build: (g: Graph) => string): number {
  const g = new Graph([5, 3]);
  const network = g.build(g.add('ReduceSum', [build(g)], { axes: [2] }));
  const found = coupling(network);
  const weights = sizedWeights(network, 1);
  const components = found.groups.flatMap((group) => group.components);
  for (const component of components) expect(apartWithout(network, weights, [component])).toBeLessThan(1e-5);
  return components.length;
}

function apartWithout(network: Network, weights: WeightSet, removed: readonly Component[]): number {
  const shrunk = shrink(network, coupling(network), removed);
  const inputs = inputOf(network);
  const masked = maskedSet(weights, componentMasks(network, removed));
  return difference(
    runTf(shrunk.network, cutWeights(weights, shrunk), inputs),
    runTf(network, masked, inputs),
  );
}

const sigmoid = (g: Graph, x: string) => g.add('Sigmoid', [x]);

describe('units that are added up', () => {
  it('leave where all that is joined beside them is zero, too', () => {
    const both = (g: Graph) => g.add('Concat', [g.dense(g.x, 4), g.relu(g.dense(g.x, 4))], { axis: 1 });
    expect(leaving(both)).toBe(4);
  });

  it('stay where one of what is joined beside them is not zero, whichever it is', () => {
    const joined = (swap: boolean) => (g: Graph) => {
      const [zero, half] = [g.dense(g.x, 4), sigmoid(g, g.dense(g.x, 4))];
      return g.add('Concat', swap ? [half, zero] : [zero, half], { axis: 1 });
    };
    expect(leaving(joined(false))).toBe(0);
    expect(leaving(joined(true))).toBe(0);
  });

  it('stay where what is joined one after the other along them is not all zero', () => {
    const along = (make: (g: Graph, x: string) => string) => (g: Graph) =>
      g.add('Concat', [g.dense(g.x, 4), make(g, g.dense(g.x, 3))], { axis: 2 });
    expect(leaving(along((g, x) => g.relu(x)))).toBe(7);
    expect(leaving(along(sigmoid))).toBe(0);
  });

  it('leave from between rows of zeros, and stay between rows of another number', () => {
    const padded = (value: number) => (g: Graph) =>
      g.add('Pad', [g.dense(g.x, 4)], { pads: [0, 1, 0, 0, 0, 0], value });
    expect(leaving(padded(0))).toBe(4);
    expect(leaving(padded(1))).toBe(0);
  });

  it('leave from beside units of zeros, and stay beside units of another number', () => {
    const padded = (value: number) => (g: Graph) =>
      g.add('Pad', [g.dense(g.x, 4)], { pads: [0, 0, 2, 0, 0, 1], value });
    expect(leaving(padded(0))).toBe(4);
    expect(leaving(padded(1))).toBe(0);
  });

  it('stay between rows of zeros where they are not zero themselves', () => {
    const padded = (g: Graph) =>
      g.add('Pad', [sigmoid(g, g.dense(g.x, 4))], { pads: [0, 1, 0, 0, 0, 0], value: 0 });
    expect(leaving(padded)).toBe(0);
  });
});

describe('channels without weights', () => {
  /** Whether the first channel of the first layer, which is the constant of its bias, leaves without a trace. */
  function folds(build: (g: Graph) => string, silent: readonly string[] = ['conv2d0.weight']): boolean {
    const g = new Graph([2, 4, 4]);
    const network = g.build(build(g));
    const weights = sizedWeights(network, 3);
    for (const name of silent) weights.get(name)?.data.fill(0, 0, 2);
    const found = coupling(network);
    const folded = foldConstants(
      { network, weights },
      found,
      valuesOf(network, weights, summedValues(found.record)),
    );
    const shrunk = shrink(folded.network, folded.coupling, folded.removed);
    const inputs = inputOf(network);
    const after = runTf(shrunk.network, cutWeights(folded.weights, shrunk), inputs);
    expect(difference(after, runTf(network, weights, inputs))).toBeLessThan(1e-5);
    return folded.removed.some(({ members: [first] }) => first?.param === 'conv2d0.weight');
  }
  const one = (g: Graph, x: string, out: number) => g.conv(x, out, { kernel: 1 });

  it('leave from one after the other of what is joined', () => {
    const joined = (g: Graph) => g.join(one(g, g.x, 3), one(g, g.x, 4));
    expect(folds((g) => g.classify(one(g, joined(g), 3)))).toBe(true);
  });

  it('stay where two constants are joined side by side, which are not the same number', () => {
    const joined = (g: Graph) => g.add('Concat', [one(g, g.x, 3), one(g, g.x, 3)], { axis: 2 });
    expect(folds((g) => g.classify(one(g, joined(g), 3)), ['conv2d0.weight', 'conv2d1.weight'])).toBe(false);
  });

  it('leave from among padded channels, and stay between padded rows', () => {
    const padded = (g: Graph, pads: number[]) => g.add('Pad', [one(g, g.x, 3)], { pads, value: 0 });
    expect(folds((g) => g.classify(one(g, padded(g, [0, 1, 0, 0, 0, 2, 0, 0]), 3)))).toBe(true);
    expect(folds((g) => g.classify(one(g, padded(g, [0, 0, 1, 0, 0, 0, 0, 0]), 3)))).toBe(false);
  });
});
