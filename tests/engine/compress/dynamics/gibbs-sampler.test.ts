import { describe, expect, it } from 'vitest';
import { between } from '../../../../main/engine/compress/dynamics/gibbs.ts';
import { sampleFilters } from '../../../../main/engine/compress/dynamics/gibbs-filters.ts';
import {
  gibbsBeta,
  pruneProbability,
  sampleKernels,
  sampleUnary,
  variance,
} from '../../../../main/engine/compress/dynamics/gibbs-sampler.ts';
import { dynamicsKinds } from '../../../../main/engine/compress/dynamics/index.ts';
import { NetworkBuilder } from '../../../../main/engine/network/builder.ts';
import type { TensorData } from '../../../../main/engine/network/graph.ts';
import { initialize } from '../../../../main/engine/network/initialize.ts';
import { Random } from '../../../../main/engine/base/random.ts';
import { FakeTraining, specOf } from './live.ts';

describe('annealing', () => {
  it('follows logspace(0, 4, 128) over 200 epochs and holds the end', () => {
    const epoch = (e: number) => gibbsBeta(e / 200);
    expect(epoch(0)).toBe(1);
    expect(epoch(32.5)).toBeCloseTo(10.18, 2);
    expect(epoch(64.5)).toBeCloseTo(103.7, 1);
    expect(epoch(96.5)).toBeCloseTo(1055.9, 0);
    expect(epoch(127.5)).toBeCloseTo(10_000, 6);
    expect(epoch(199.9)).toBeCloseTo(10_000, 6);
  });

  it('follows logspace(-2.5, 0, 128) for filters', () => {
    const found = [0, 32.5, 64.5, 96.5, 127.5, 199].map((e) => gibbsBeta(e / 200, 'filter'));
    expect(found).toEqual(
      [0.00316, 0.01349, 0.05752, 0.24534, 1, 1].map((beta) => expect.closeTo(beta, 5) as number),
    );
  });
});

describe('unary masks', () => {
  const squares = [0, 0.005, 0.01, 0.02, 0.05];
  const table: [number, number[]][] = [
    [1, [0.5025, 0.50125, 0.5, 0.4975, 0.49]],
    [10, [0.525, 0.5125, 0.5, 0.475, 0.4013]],
    [100, [0.7311, 0.6225, 0.5, 0.2689, 0.018]],
    [10_000, [1, 1, 0.5, 0, 0]],
  ];

  it.each(table)('are pruned with the tabled probabilities at beta = %d', (beta, expected) => {
    const found = squares.map((w2) => pruneProbability(w2, 0.01, beta));
    found.forEach((p, i) => expect(p).toBeCloseTo(expected[i] as number, 4));
  });

  it.each(table)('are drawn with these probabilities at beta = %d', (beta) => {
    const draws = 20_000;
    const noise = new Float32Array(draws);
    for (const w2 of squares) {
      Random.from(1, `noise/${beta}/${w2}`).fill(noise);
      const kept = sampleUnary(new Float32Array(draws).fill(w2), Math.fround(0.01), beta, noise);
      const share = 1 - kept.reduce((a, b) => a + b) / draws;
      // Four standard deviations of a fair coin.
      expect(Math.abs(share - pruneProbability(Math.fround(w2), Math.fround(0.01), beta))).toBeLessThan(
        0.0142,
      );
    }
  });

  it('depend on w^2 and beta only through their product', () => {
    for (const w2 of squares) {
      expect(pruneProbability(w2 * 9, 0.09, 10)).toBeCloseTo(pruneProbability(w2, 0.01, 90), 12);
      expect(pruneProbability(w2, 0.01, 0)).toBe(0.5);
    }
  });

  it('have the percentile as their threshold', () => {
    expect(between(Float32Array.of(4, 1, 3, 2), Uint8Array.of(1, 0, 1, 0))).toBe(2.5);
    expect(between(Float32Array.of(4, 2), Uint8Array.of(1, 1))).toBe(1);
    expect(between(Float32Array.of(4, 2), Uint8Array.of(0, 0))).toBe(4);
  });

  it('may be measured in units of the variance', () => {
    expect(variance(Float32Array.of(1, 3, 5, 7))).toBeCloseTo(5, 12);
  });
});

describe('masks of whole kernels', () => {
  const SIZE = 4;
  const fields = Float32Array.of(0.3, -0.2, 0.05, -0.4);

  /** Probability of each of the 16 states under exp(-beta (x'Ax + b'x)), by summing over all of them. */
  function exact(beta: number, coupling: number): number[] {
    const weights = Array.from({ length: 1 << SIZE }, (_, state) => {
      const x = Array.from({ length: SIZE }, (_, i) => ((state >> i) & 1) * 2 - 1);
      let energy = 0;
      x.forEach((xi, i) => {
        energy += (fields[i] as number) * xi;
        x.forEach((xj, j) => (energy -= i === j ? 0 : coupling * xi * xj));
      });
      return Math.exp(-beta * energy);
    });
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((w) => w / sum);
  }

  it.each([
    [1, 0.1],
    [3, 0.1],
    [2, -0.2],
    [2, 0],
  ])('come with the probabilities of full enumeration (beta %d, c %d)', (beta, coupling) => {
    const draws = 40_000;
    const many = new Float32Array(draws * SIZE);
    for (let d = 0; d < draws; d++) many.set(fields, d * SIZE);
    const kept = sampleKernels(many, SIZE, beta, coupling, Random.from(1, 'kernels'));
    const counts = new Array<number>(1 << SIZE).fill(0);
    for (let d = 0; d < draws; d++) {
      let state = 0;
      for (let i = 0; i < SIZE; i++) state |= (kept[d * SIZE + i] as number) << i;
      counts[state] = (counts[state] as number) + 1;
    }
    exact(beta, coupling).forEach((p, state) => {
      const deviation = Math.sqrt((p * (1 - p)) / draws);
      expect(Math.abs((counts[state] as number) / draws - p)).toBeLessThan(4.5 * deviation + 1e-4);
    });
  });

  it('are pruned with sigmoid(2 beta b) where nothing couples', () => {
    const p = exact(2, 0).reduce((sum, q, state) => sum + ((state & 1) === 0 ? q : 0), 0);
    expect(p).toBeCloseTo(pruneProbability(0, fields[0] as number, 4), 6);
  });

  it('stay exact at the end of the annealing, where exponentials overflow', () => {
    const nine = Float32Array.from({ length: 18 }, (_, i) => (i < 9 ? 0.02 - 0.001 * i : -0.03));
    const kept = sampleKernels(nine, 9, 10_000, 0.01, Random.from(1, 'cold'));
    expect([...kept]).toEqual([...new Array<number>(9).fill(0), ...new Array<number>(9).fill(1)]);
  });
});

describe('masks of whole filters', () => {
  /** Five weights, two of the first colour and three of the second. */
  const fields = [0.3, -0.2, 0.05, -0.4, 0.1];
  const [SIZE, FIRST, DRAWS] = [fields.length, 2, 20_000];

  /** Probability of each state under exp(-beta/2 (b'x - c S1 S2)), by summing over all of them. */
  function exact(beta: number, coupling: number): number[] {
    const weights = Array.from({ length: 1 << SIZE }, (_, state) => {
      const x = fields.map((_, i) => ((state >> i) & 1) * 2 - 1);
      const sum = (part: number[]) => part.reduce((a, b) => a + b, 0);
      const field = sum(x.map((xi, i) => xi * (fields[i] as number)));
      return Math.exp((-beta / 2) * (field - coupling * sum(x.slice(0, FIRST)) * sum(x.slice(FIRST))));
    });
    const total = weights.reduce((a, b) => a + b);
    return weights.map((w) => w / total);
  }

  function drawn(beta: number, coupling: number, b: readonly number[] = fields, draws = DRAWS): number[] {
    const many = Float32Array.from({ length: draws * SIZE }, (_, i) => b[i % SIZE] as number);
    const kept = sampleFilters(many, SIZE, FIRST, beta, coupling, Random.from(1, `filters/${beta}`));
    const counts = new Array<number>(1 << SIZE).fill(0);
    for (let d = 0; d < draws; d++) {
      let state = 0;
      for (let i = 0; i < SIZE; i++) state |= (kept[d * SIZE + i] as number) << i;
      counts[state] = (counts[state] as number) + 1;
    }
    return counts.map((count) => count / draws);
  }

  it.each([
    [1, 0.1],
    [3, 0.1],
    [2, 0.4],
    [2, -0.2],
    [2, 0],
  ])('come with the probabilities of full enumeration (beta %d, c %d)', (beta, coupling) => {
    const found = drawn(beta, coupling);
    exact(beta, coupling).forEach((p, state) => {
      const deviation = Math.sqrt((p * (1 - p)) / DRAWS);
      expect(Math.abs((found[state] as number) - p)).toBeLessThan(4.5 * deviation + 1e-4);
    });
  });

  it('are pruned with sigmoid(beta b) where nothing couples, as single weights are', () => {
    const p = exact(2, 0).reduce((sum, q, state) => sum + ((state & 1) === 0 ? q : 0), 0);
    expect(p).toBeCloseTo(pruneProbability(0, fields[0] as number, 2), 6);
  });

  it('are whole in the cold, by which side of the threshold the filter is on average', () => {
    expect(drawn(100, 1, [0.3, 0.3, -0.1, -0.2, -0.4], 50)[31]).toBe(1);
    expect(drawn(100, 1, [0.3, 0.3, -0.1, -0.2, -0.2], 50)[0]).toBe(1);
  });

  it('have the odds of all pruned to all kept that the sum of the fields says', () => {
    const states = exact(1.5, 0.3);
    const odds = (states[0] as number) / (states[31] as number);
    expect(odds).toBeCloseTo(Math.exp(1.5 * fields.reduce((a, b) => a + b)), 10);
  });
});

describe('a training with whole filters', () => {
  it('ends with the masks of the filters that are largest on average', async () => {
    const network = new NetworkBuilder('net', [4, 6, 6]).conv('conv', 8).flatten().dense('fc', 2).build();
    const random = Random.from(1, 'weights');
    const weights = initialize(network, random);
    const { data } = weights.get('conv.weight') as TensorData;
    // Filters of alternating size.
    data.forEach((w, i) => (data[i] = w * (Math.floor(i / 36) % 2 === 0 ? 1 : 0.2)));
    const spec = specOf('gibbs', 0.5, { hamiltonian: 'filter' });
    const selection = { ...spec.selection, exclude: ['fc.weight'] };
    const dynamics = dynamicsKinds.get('gibbs').create({
      network,
      spec: { ...spec, selection },
      weights,
      saved: undefined,
      random: (label) => Random.from(1, label),
    });
    const live = new FakeTraining(weights, new Map(), dynamics);
    await dynamics.beforeStep(99, 100, live);
    const expected = Array.from(data, (_, i) => (Math.floor(i / 36) % 2 === 0 ? 1 : 0));
    expect([...(live.extras['kept/conv.weight']?.data ?? [])]).toEqual(expected);
    const deployed = await dynamics.deployed?.(live);
    expect([...(deployed?.masks.get('conv.weight') ?? [])]).toEqual(expected);
    // Nothing is ever decided while it is hot.
    await dynamics.beforeStep(0, 100, live);
    const hot = live.extras['kept/conv.weight']?.data ?? new Float32Array();
    expect(new Set(hot.slice(0, 36)).size).toBe(2);
  });
});
