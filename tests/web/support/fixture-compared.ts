import type { Flipped } from '../../../main/contract/flipped.ts';
import type { LayerOverlap } from '../../../main/contract/mask-overlap.ts';
import { epochsInAll, layersAt, pictureFrom } from './fixture-measurements.ts';

/** Samples that one of two networks gets right: an image, and one that is none. */
export function flippedOf(): Flipped {
  return {
    lost: 14,
    gained: 10,
    samples: [
      {
        index: 3,
        from: 'row 4',
        way: 'lost',
        label: [3],
        before: [3],
        after: [8],
        picture: pictureFrom(3),
        values: [],
      },
      {
        index: 9,
        from: null,
        way: 'gained',
        label: [1],
        before: [7],
        after: [1],
        picture: null,
        values: [5.1, 3.5, 1.4],
      },
    ],
  };
}

/** How far the masks of two runs of these sparsities are the same; one layer has other shapes. */
export function overlapOf(a: number, b: number): LayerOverlap[] {
  const [one, other] = [layersAt(epochsInAll, a), layersAt(epochsInAll, b)];
  const rows = one.map(({ name, total, kept }, n): LayerOverlap => {
    const keptB = other[n]?.kept ?? 0;
    const both = a === b ? kept : Math.round(Math.min(kept, keptB) * 0.6);
    const expected = (kept * keptB) / total;
    const shape = [total / 10, 10];
    return {
      name,
      shapes: [shape, shape],
      kept: [kept, keptB],
      both,
      jaccard: both / (kept + keptB - both),
      byChance: expected / (kept + keptB - expected),
    };
  });
  return [
    ...rows,
    { name: 'head', shapes: [[10, 100], [10, 60]], kept: null, both: null, jaccard: null, byChance: null }, // prettier-ignore
  ];
}
