import { describe, expect, it } from 'vitest';
import { recipeSchema } from '../../../../main/contract/recipe.ts';
import { Random } from '../../../../main/engine/base/random.ts';
import { dynamicsKinds } from '../../../../main/engine/compress/dynamics/index.ts';
import { adviceOn } from '../../../../main/engine/compress/plan/advice.ts';
import { planOf } from '../../../../main/engine/compress/plan/plan.ts';
import { FakeTraining, oneLayer, specOf } from './live.ts';
import { EarlyBirdDetector } from '../../../../main/engine/compress/dynamics/early-bird-detector.ts';
import type { MaskSet } from '../../../../main/engine/network/graph.ts';

const masks = (bits: number[]): MaskSet =>
  new Map([
    ['a', Uint8Array.from(bits.slice(0, 13))],
    ['b', Uint8Array.from(bits.slice(13))],
  ]);
const half = (first: number) => masks(Array.from({ length: 100 }, (_, i) => (i < 50 ? first : 1 - first)));
/** The first 50 of 100 kept, but for `off` of them, whose places others take. */
const shifted = (off: number) =>
  masks(Array.from({ length: 100 }, (_, i) => (i >= off && i < 50 + off ? 1 : 0)));

describe('the early-bird detector', () => {
  it('finds a mask that never changes after five epochs, not before', () => {
    const detector = new EarlyBirdDetector();
    expect(Array.from({ length: 6 }, () => detector.take(half(1)).settled)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  it('never finds one where disjoint halves alternate', () => {
    const detector = new EarlyBirdDetector();
    for (let epoch = 0; epoch < 50; epoch++) expect(detector.take(half(epoch % 2)).settled).toBe(false);
  });

  it('wants less than a tenth of the entries to differ, from each of the four before', () => {
    const run = (...offsets: number[]) => {
      const detector = new EarlyBirdDetector();
      return offsets.map((off) => detector.take(shifted(off)).settled);
    };
    // Four places further, eight of a hundred entries differ; five further, ten.
    expect(run(0, 0, 0, 0, 4).at(-1)).toBe(true);
    expect(run(0, 0, 0, 0, 5).at(-1)).toBe(false);
    expect(run(5, 0, 0, 0, 0).at(-1)).toBe(false);
    expect(run(5, 0, 0, 0, 0, 0).at(-1)).toBe(true);
    // Each step is small, the way from the first to the last is not.
    expect(run(0, 2, 4, 6, 8).at(-1)).toBe(false);
  });

  it('measures how far the newest mask is from each of those kept, the oldest first', () => {
    const detector = new EarlyBirdDetector();
    expect(detector.take(shifted(0)).changes).toEqual([]);
    detector.take(shifted(2));
    const { changes } = detector.take(shifted(10));
    // 40 of 50 are in both, 60 in either; 20 of 100 places differ.
    expect(changes).toEqual([
      { jaccard: 20 / 60, hamming: 0.2, overlap: 0.8 },
      { jaccard: 16 / 58, hamming: 0.16, overlap: 0.84 },
    ]);
    for (let epoch = 0; epoch < 10; epoch++) detector.take(shifted(0));
    expect(detector.take(shifted(0)).changes).toHaveLength(4);
  });

  it('goes on from what it saved', () => {
    const first = new EarlyBirdDetector();
    for (let epoch = 0; epoch < 4; epoch++) first.take(half(1));
    const second = new EarlyBirdDetector(JSON.parse(JSON.stringify(first.save())) as string[]);
    expect(second.take(half(1)).settled).toBe(true);
    expect(new EarlyBirdDetector(first.save()).take(half(0)).settled).toBe(false);
  });
});

describe('a plan of early-bird tickets', () => {
  const advice = (epochs: number) =>
    adviceOn(
      planOf(
        recipeSchema.parse({
          network: 'lenet-300-100',
          data: 'digits',
          dense: { epochs },
          paradigm: 'early-bird',
          baseline: false,
          budget: { sparsity: 0.5 },
        }),
      ),
    );

  it('says before the training when it is too short to find one', () => {
    expect(advice(9)).toEqual([]);
    expect(advice(8)).toEqual([expect.stringContaining('Train for 9 epochs or more')]);
    expect(advice(6)[0]).toContain('this training of 6 prunes after 3');
  });

  it('is right: with 9 epochs masks that never change are a ticket, with 8 they are none, which the report tells', async () => {
    const outcome = async (epochs: number) => {
      const network = oneLayer(4);
      const weights = new Map([['fc.weight', { shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) }]]);
      const spec = specOf('early-bird', 0.5);
      const random = (label: string) => Random.from(1, label);
      const dynamics = dynamicsKinds
        .get('early-bird')
        .create({ network, spec, weights, saved: undefined, random });
      const live = new FakeTraining(weights, new Map(), dynamics, 10);
      for (let done = 0; done < 10 * epochs; done++) await dynamics.beforeStep(done, 10 * epochs, live);
      return [live.found.length, live.warned.length];
    };
    expect(await outcome(9)).toEqual([1, 0]);
    expect(await outcome(8)).toEqual([0, 1]);
  });
});
