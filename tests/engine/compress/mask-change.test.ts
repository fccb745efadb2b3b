import { describe, expect, it } from 'vitest';
import { Random } from '../../../main/engine/base/random.ts';
import { changeBetween, packed, placesOf } from '../../../main/engine/compress/mask-change.ts';
import type { MaskSet } from '../../../main/engine/network/graph.ts';

const change = (before: MaskSet, after: MaskSet) =>
  changeBetween(packed(before), packed(after), placesOf(after));
const one = (...bits: number[]): MaskSet => new Map([['a', Uint8Array.from(bits)]]);

describe('the change from one mask to another', () => {
  it('is none to itself and all to its complement', () => {
    expect(change(one(1, 0, 1), one(1, 0, 1))).toEqual({ jaccard: 0, hamming: 0, overlap: 1 });
    expect(change(one(1, 0, 1), one(0, 1, 0))).toEqual({ jaccard: 1, hamming: 1, overlap: 0 });
    expect(change(one(0, 0), one(0, 0))).toEqual({ jaccard: 0, hamming: 0, overlap: 1 });
  });

  it('of a mask that only shrinks keeps an overlap of 1, and its Jaccard distance is what went', () => {
    expect(change(one(1, 1, 1, 1), one(1, 0, 0, 0))).toEqual({ jaccard: 0.75, hamming: 0.75, overlap: 1 });
  });

  it('counts as sets do, over parameters whose lengths are no multiples of eight', () => {
    const random = Random.from(3, 'masks');
    const draw = (): MaskSet =>
      new Map(
        [13, 1, 40].map((length, i) => [
          String(i),
          Uint8Array.from({ length }, () => (random.float() < 0.4 ? 1 : 0)),
        ]),
      );
    for (let trial = 0; trial < 50; trial++) {
      const [a, b] = [draw(), draw()];
      const [x, y] = [a, b].map(
        (masks) =>
          new Set(
            [...masks].flatMap(([name, mask]) =>
              [...mask].flatMap((bit, i) => (bit ? [`${name}/${i}`] : [])),
            ),
          ),
      ) as [Set<string>, Set<string>];
      const found = change(a, b);
      const both = [...x].filter((place) => y.has(place)).length;
      const either = new Set([...x, ...y]).size;
      expect(found.jaccard).toBeCloseTo(1 - both / either, 12);
      expect(found.hamming).toBeCloseTo((either - both) / 54, 12);
      expect(found.overlap).toBeCloseTo(both / y.size, 12);
    }
  });
});
