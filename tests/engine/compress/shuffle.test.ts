import { describe, expect, it } from 'vitest';
import { countKept } from '../../../main/engine/compress/masks.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { shuffled } from '../../../main/engine/compress/shuffle.ts';

const random = Random.from(1, 'masks');
const draw = (length: number, density: number) =>
  Uint8Array.from({ length }, () => (random.float() < density ? 1 : 0));
const masks = new Map([
  ['a', draw(500, 0.1)],
  ['b', draw(300, 0.5)],
  ['empty', new Uint8Array(20)],
]);
const copy = new Map([...masks].map(([name, mask]) => [name, mask.slice()]));

describe('the control that shuffles masks within layers', () => {
  const mixed = shuffled(masks, 7, 'prune');

  it('moves the weights of every layer and keeps their number', () => {
    for (const [name, mask] of masks) {
      expect(countKept(mixed.get(name) ?? new Uint8Array())).toBe(countKept(mask));
      if (name !== 'empty') expect(mixed.get(name)).not.toEqual(mask);
    }
    expect(masks).toEqual(copy);
  });

  it('forgets where they were: a kept weight stays with the probability of the density', () => {
    let stayed = 0;
    const rounds = 200;
    const mask = masks.get('b') ?? new Uint8Array();
    for (let seed = 0; seed < rounds; seed++) {
      const other = shuffled(masks, seed, 'prune').get('b') ?? [];
      mask.forEach((bit, i) => (stayed += bit === 1 && other[i] === 1 ? 1 : 0));
    }
    const kept = countKept(mask);
    const density = kept / mask.length;
    // Four standard deviations of that many draws; those of one shuffle depend on each other, which narrows it.
    const error = 4 * Math.sqrt((density * (1 - density)) / (rounds * kept));
    expect(Math.abs(stayed / (rounds * kept) - density)).toBeLessThan(error);
  });

  it('is the same for the same seed and stage, another for another', () => {
    expect(shuffled(masks, 7, 'prune')).toEqual(mixed);
    expect(shuffled(masks, 8, 'prune')).not.toEqual(mixed);
    expect(shuffled(masks, 7, 'prune-2')).not.toEqual(mixed);
  });
});
