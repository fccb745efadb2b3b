import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../../main/engine/base/random.ts';
import { summedValues } from '../../../../main/engine/network/constants.ts';
import { coupling } from '../../../../main/engine/network/coupling/index.ts';
import { cutWeights } from '../../../../main/engine/network/cut.ts';
import { foldConstants, type Folded } from '../../../../main/engine/network/fold-constants.ts';
import type { Network, WeightSet } from '../../../../main/engine/network/graph.ts';
import { shrink } from '../../../../main/engine/network/shrink.ts';
import { difference, runTf } from '../run.ts';
import { Graph } from './graph.ts';
import { attention } from './networks.ts';
import { randomNetwork, show } from './random-network.ts';
import { inputOf, sizedWeights } from './removal.ts';
import { valuesOf } from './values.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function fold(network: Network, weights: WeightSet): Folded {
  const found = coupling(network);
  return foldConstants({ network, weights }, found, valuesOf(network, weights, summedValues(found.record)));
}

function compact({ network, weights, coupling: found, removed }: Folded) {
  const shrunk = shrink(network, found, removed);
  return { network: shrunk.network, weights: cutWeights(weights, shrunk) };
}

/** Two convolutions that meet in a sum, each with a batch norm; the third reads it. Weights of A and C are zero for channel 1. */
function joined(pad: number, bias: boolean): { network: Network; weights: WeightSet } {
  const g = new Graph([2, 4, 4]);
  const norm = (x: string) => g.norm(g.conv(x, 3, { kernel: 1, bias: false }));
  const kernel = pad === 0 ? 1 : 3;
  const read = g.conv(g.relu(g.sum(norm(g.x), norm(g.x))), 2, { kernel, pad, bias });
  const network = g.build(g.dense(g.add('Flatten', [read]), 2));
  const numbers: Record<string, number[]> = {
    'conv2d0.weight': [1, -2, 0, 0, -1.5, 0.25],
    'batchnorm1.scale': [0.8, -0.1, 1.2],
    'batchnorm1.shift': [0.3, 0.4, -0.2],
    'batchnorm1.mean': [0.1, -0.2, 0.05],
    'batchnorm1.variance': [1, 0.25, 4],
    'conv2d2.weight': [0.2, 0.4, 0, 0, 0.1, 0.3],
    'batchnorm3.scale': [0.5, 0, 0.05],
    'batchnorm3.shift': [0, 0, 0],
    'batchnorm3.mean': [0, 0, 0],
    'batchnorm3.variance': [1, 1, 1],
  };
  if (pad === 0) numbers['conv2d6.weight'] = [0.6, -0.3, 0.9, -1.2, 0.1, 0.4];
  const weights = sizedWeights(network, 1);
  for (const [name, data] of Object.entries(numbers)) weights.get(name)?.data.set(data);
  return { network, weights };
}

/** gamma (0 - mean) / sqrt(variance + epsilon) + beta of channel 1 in A, and nothing of C. */
const CONSTANT = (-0.1 * 0.2) / Math.sqrt(0.25 + 1e-5) + 0.4;

describe('a channel without weights', () => {
  it('goes into the bias of what reads it', () => {
    const { network, weights } = joined(0, true);
    const before = weights.get('conv2d6.bias')?.data.slice() ?? new Float32Array();
    const folded = fold(network, weights);
    expect(folded.removed.map(({ members: [first] }) => [first?.param, first?.indices])).toEqual([
      ['conv2d0.weight', [1]],
    ]);
    const after = folded.weights.get('conv2d6.bias')?.data ?? new Float32Array();
    // Worked by hand: -0.3 and 0.1 times 0.360001.
    expect((after[0] ?? 0) - (before[0] ?? 0)).toBeCloseTo(-0.3 * CONSTANT, 6);
    expect((after[1] ?? 0) - (before[1] ?? 0)).toBeCloseTo(0.036, 5);
    expect(folded.borders).toEqual([]);
    const smaller = compact(folded);
    expect(smaller.network.params['conv2d0.weight']?.shape).toEqual([2, 2, 1, 1]);
    const inputs = inputOf(network, 3);
    expect(
      difference(runTf(smaller.network, smaller.weights, inputs), runTf(network, weights, inputs)),
    ).toBeLessThan(1e-6);
  });

  it('goes into a new bias where there is none, and against the mean of a batch norm behind', () => {
    const { network, weights } = joined(0, false);
    const folded = fold(network, weights);
    expect([...(folded.weights.get('conv2d6.bias')?.data ?? [])]).toEqual([
      expect.closeTo(-0.3 * CONSTANT, 6),
      expect.closeTo(0.1 * CONSTANT, 6),
    ]);
    const inputs = inputOf(network, 3);
    const smaller = compact(folded);
    expect(
      difference(runTf(smaller.network, smaller.weights, inputs), runTf(network, weights, inputs)),
    ).toBeLessThan(1e-6);
    const g = new Graph([2, 4, 4]);
    const first = g.conv(g.x, 3, { kernel: 1 });
    const normed = g.build(g.classify(g.norm(g.conv(first, 2, { kernel: 1, bias: false }))));
    const own = sizedWeights(normed, 2);
    own.get('conv2d0.weight')?.data.fill(0, 2, 4);
    const mean = own.get('batchnorm2.mean')?.data.slice() ?? new Float32Array();
    const shifted = fold(normed, own);
    const constant = own.get('conv2d0.bias')?.data[1] ?? 0;
    const column = own.get('conv2d1.weight')?.data ?? new Float32Array();
    [0, 1].forEach((o) => {
      const moved = (shifted.weights.get('batchnorm2.mean')?.data[o] ?? 0) - (mean[o] ?? 0);
      expect(moved).toBeCloseTo(-constant * (column[3 * o + 1] ?? 0), 6);
    });
    expect(shifted.network).toBe(normed);
  });

  it('is folded as it is on average, where zeros beside the image make the border another number', () => {
    const { network, weights } = joined(1, true);
    weights.get('conv2d6.weight')?.data.set([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], 9);
    const folded = fold(network, weights);
    // Of 16 places 9 have a tap of a corner inside, and 12 one of an edge.
    expect(folded.borders).toEqual([
      { node: 'conv2d6', channels: 1, most: expect.closeTo((2 * 0.5625 + 2 * 0.75) * CONSTANT, 5) as number },
    ]);
    const read = (net: Network, own: WeightSet) => [
      ...(valuesOf(net, own, ['conv2d6']).get('conv2d6')?.data ?? []),
    ];
    const smaller = compact(folded);
    const off = read(smaller.network, smaller.weights).map(
      (value, i) => value - (read(network, weights)[i] ?? 0),
    );
    const worked = [2.8, 3.9, 3.9, 2.4, 3.3, 4.5, 4.5, 2.7, 3.3, 4.5, 4.5, 2.7, 1.6, 2.1, 2.1, 1.2];
    const mean = worked.reduce((sum, each) => sum + each / 16, 0);
    worked.forEach((sum, i) => expect(off[i]).toBeCloseTo((mean - sum) * CONSTANT, 5));
  });

  it('leaves without a trace where its activation makes zero of it, also before padding', () => {
    const { network, weights } = joined(1, true);
    weights.get('batchnorm1.shift')?.data.set([0.3, -0.4, -0.2]);
    const bias = weights.get('conv2d6.bias')?.data.slice();
    const folded = fold(network, weights);
    expect(folded.removed).toHaveLength(1);
    expect(folded.weights.get('conv2d6.bias')?.data).toEqual(bias);
    const inputs = inputOf(network, 3);
    const smaller = compact(folded);
    expect(
      difference(runTf(smaller.network, smaller.weights, inputs), runTf(network, weights, inputs)),
    ).toBeLessThan(1e-6);
  });

  it('leaves whatever it carries where nobody reads it', () => {
    const g = new Graph([2, 4, 4]);
    const network = g.build(g.classify(g.conv(g.conv(g.x, 3), 4)));
    const weights = sizedWeights(network, 1);
    const columns = weights.get('conv2d1.weight')?.data ?? new Float32Array();
    for (let o = 0; o < 4; o++) columns.fill(0, (o * 3 + 2) * 9, (o * 3 + 3) * 9);
    const folded = fold(network, weights);
    expect(folded.removed.map(({ members: [first] }) => first?.indices)).toEqual([[2]]);
  });
});

describe('a head of attention without weights', () => {
  /** Row of a [8, 8] weight and entry of its bias that belong to a head of 4 or, at `width`, to an index of both heads. */
  const rows = { heads: [4, 5, 6, 7], width: [1, 5] };

  it.each([{}, { dropout: true }])('gives the biases of its values to what reads it: %o', (about) => {
    const network = attention(about);
    const weights = sizedWeights(network, 1);
    for (const name of ['dense0.weight', 'dense1.weight', 'dense2.weight']) {
      for (const row of rows.heads) weights.get(name)?.data.fill(0, row * 8, (row + 1) * 8);
    }
    const readers = Object.entries(network.params).filter(([, { shape }]) => shape.join() === '8,8');
    const reader = readers[3]?.[0].replace('.weight', '') ?? '';
    const before = weights.get(`${reader}.bias`)?.data.slice() ?? new Float32Array();
    const folded = fold(network, weights);
    expect(folded.removed).toHaveLength(1);
    expect([folded.constants, folded.borders]).toEqual([1, []]);
    const [columns, values] = [weights.get(`${reader}.weight`)?.data, weights.get('dense2.bias')?.data];
    before.forEach((bias, o) => {
      const given = rows.heads.reduce(
        (sum, row) => sum + (columns?.[o * 8 + row] ?? NaN) * (values?.[row] ?? NaN),
        0,
      );
      expect(folded.weights.get(`${reader}.bias`)?.data[o]).toBeCloseTo(bias + given, 5);
    });
    const smaller = compact(folded);
    expect(smaller.network.params['dense0.weight']?.shape).toEqual([4, 8]);
    const inputs = inputOf(network, 3);
    expect(
      difference(runTf(smaller.network, smaller.weights, inputs), runTf(network, weights, inputs)),
    ).toBeLessThan(1e-6);
  });

  it('stays as it is where what weighs its values are no shares', () => {
    const network = attention({ softmax: false });
    const weights = sizedWeights(network, 1);
    for (const name of ['dense0.weight', 'dense1.weight', 'dense2.weight']) {
      for (const row of rows.heads) weights.get(name)?.data.fill(0, row * 8, (row + 1) * 8);
    }
    expect(fold(network, weights).removed).toEqual([]);
  });

  it('is not taken for the number of another head where only an index of both goes', () => {
    const network = attention();
    const weights = sizedWeights(network, 1);
    for (const name of ['dense0', 'dense1', 'dense2']) {
      for (const row of rows.width) weights.get(`${name}.weight`)?.data.fill(0, row * 8, (row + 1) * 8);
    }
    // Queries' biases are zero in the first head only: in the second, keys add something to the scores.
    weights.get('dense0.bias')?.data.fill(0, 0, 4);
    const found = coupling(network, { attention: 'width' });
    const values = valuesOf(network, weights, summedValues(found.record));
    const { removed } = foldConstants({ network, weights }, found, values);
    expect(removed.map(({ members: [first] }) => [first?.param, first?.indices])).toEqual([
      ['dense2.weight', rows.width],
    ]);
  });
});

describe('generated networks with filters without weights', () => {
  it('compute the same without them', { timeout: 600_000 }, () => {
    let [left, moved] = [0, 0];
    for (let seed = 0; seed < 300; seed++) {
      const network = randomNetwork(seed);
      tf.tidy(() => {
        const weights = sizedWeights(network, seed);
        emptySome(network, weights, seed);
        const folded = fold(network, weights);
        const smaller = compact(folded);
        const inputs = inputOf(network);
        const [after, before] = [
          runTf(smaller.network, smaller.weights, inputs),
          runTf(network, weights, inputs),
        ];
        if (folded.borders.length > 0) return;
        // Norms of values that hardly differ make more of rounding.
        if (!(difference(after, before) < 1e-4)) throw new Error(`seed ${seed}\n${show(network)}`);
        left += folded.removed.length;
        if (
          folded.network !== network ||
          [...folded.weights].some(([name, { data }]) => shifted(name, data, weights))
        )
          moved++;
      });
    }
    expect(left).toBeGreaterThan(900);
    expect(moved).toBeGreaterThan(50);
  });
});

/** Whether a bias has another number that is not zero. */
function shifted(name: string, data: Float32Array, before: WeightSet): boolean {
  if (!/bias|mean/.test(name)) return false;
  return data.some((value, i) => value !== 0 && value !== before.get(name)?.data[i]);
}

/** Sets some rows of weights to zero, and leaves everything else of these channels as it is. */
function emptySome(network: Network, weights: WeightSet, seed: number): void {
  const random = Random.from(seed, 'empty');
  for (const { components } of coupling(network).groups) {
    for (const { members } of components) {
      if (random.float() > 0.5) continue;
      for (const { param, role, axis, indices, side } of members) {
        const tensor = weights.get(param);
        if (tensor === undefined || role !== 'weight' || side === 'reads') continue;
        const size = tensor.shape[axis] ?? 1;
        const inner = tensor.shape.slice(axis + 1).reduce((product, dim) => product * dim, 1);
        tensor.data.forEach((_, i, data) => {
          if (indices.includes(Math.floor(i / inner) % size)) data[i] = 0;
        });
      }
    }
  }
}
