import { describe, expect, it } from 'vitest';
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
    expect(Array.from({ length: 6 }, () => detector.settled(half(1)))).toEqual([
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
    for (let epoch = 0; epoch < 50; epoch++) expect(detector.settled(half(epoch % 2))).toBe(false);
  });

  it('wants less than a tenth of the entries to differ, from each of the four before', () => {
    const run = (...offsets: number[]) => {
      const detector = new EarlyBirdDetector();
      return offsets.map((off) => detector.settled(shifted(off)));
    };
    // Four places further, eight of a hundred entries differ; five further, ten.
    expect(run(0, 0, 0, 0, 4).at(-1)).toBe(true);
    expect(run(0, 0, 0, 0, 5).at(-1)).toBe(false);
    expect(run(5, 0, 0, 0, 0).at(-1)).toBe(false);
    expect(run(5, 0, 0, 0, 0, 0).at(-1)).toBe(true);
    // Each step is small, the way from the first to the last is not.
    expect(run(0, 2, 4, 6, 8).at(-1)).toBe(false);
  });

  it('goes on from what it saved', () => {
    const first = new EarlyBirdDetector();
    for (let epoch = 0; epoch < 4; epoch++) first.settled(half(1));
    const second = new EarlyBirdDetector(JSON.parse(JSON.stringify(first.save())) as string[]);
    expect(second.settled(half(1))).toBe(true);
    expect(new EarlyBirdDetector(first.save()).settled(half(0))).toBe(false);
  });
});
