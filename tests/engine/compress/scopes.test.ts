import { describe, expect, it } from 'vitest';
import { countKept } from '../../../main/engine/compress/masks.ts';
import { globalScope } from '../../../main/engine/compress/scopes/global.ts';
import { layerwiseScope } from '../../../main/engine/compress/scopes/layerwise.ts';
import { topK } from '../../../main/engine/compress/top-k.ts';
import { keptBy } from './kept-by.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';

/** The definition: sort by score descending, then by position, keep the first k. */
function bySorting(scores: readonly Float32Array[], keep: number): number[] {
  const all = scores.flatMap((part) => [...part]);
  const order = all.map((_, i) => i).sort((a, b) => (all[b] as number) - (all[a] as number) || a - b);
  const kept = new Set(order.slice(0, Math.max(0, keep)));
  return all.map((_, i) => (kept.has(i) ? 1 : 0));
}

describe('top-k selection', () => {
  it('agrees with sorting on random scores full of ties', () => {
    const random = Random.from(1, 'ties');
    for (let round = 0; round < 200; round++) {
      const parts = Array.from({ length: 1 + random.int(3) }, () =>
        Float32Array.from({ length: random.int(12) }, () => random.int(4) - 1),
      );
      const total = parts.reduce((sum, part) => sum + part.length, 0);
      const keep = random.int(total + 2);
      expect(topK(parts, keep).flatMap((mask) => [...mask])).toEqual(bySorting(parts, keep));
    }
  });

  it('puts NaN and what is pruned already last', () => {
    const [mask] = topK([Float32Array.of(NaN, -5, -Infinity, 0)], 2);
    expect([...(mask as Uint8Array)]).toEqual([0, 1, 0, 1]);
  });
});

describe('scopes', () => {
  const network = zoo.get('lenet-300-100').build({ input: [1, 28, 28], classes: 10 });
  const random = Random.from(2, 'scores');
  const scores = new Map([
    ['a', Float32Array.from({ length: 1000 }, () => random.float())],
    ['b', Float32Array.from({ length: 300 }, () => 10 * random.float())],
  ]);
  const scaled = (name: string, factor: number) =>
    new Map([...scores].map(([key, part]) => [key, key === name ? part.map((s) => s * factor) : part]));

  it('global keeps the exact count over all layers and follows the scale of a layer', () => {
    for (const sparsity of [0, 0.3, 0.9, 0.999]) {
      const kept = [...keptBy(globalScope, scores, sparsity, network).values()].reduce(
        (sum, m) => sum + countKept(m),
        0,
      );
      expect(kept).toBe(Math.round((1 - sparsity) * 1300));
    }
    const before = countKept(keptBy(globalScope, scores, 0.9, network).get('a') as Uint8Array);
    const after = countKept(keptBy(globalScope, scaled('a', 100), 0.9, network).get('a') as Uint8Array);
    expect(after).toBeGreaterThan(before);
    const both = new Map([...scores].map(([key, part]) => [key, part.map((s) => s * 4)]));
    expect(keptBy(globalScope, both, 0.9, network)).toEqual(keptBy(globalScope, scores, 0.9, network));
  });

  it('layerwise keeps the same share everywhere, whatever a layer is scaled by', () => {
    const masks = keptBy(layerwiseScope, scores, 0.9, network);
    expect([...masks.values()].map(countKept)).toEqual([100, 30]);
    expect(keptBy(layerwiseScope, scaled('a', 4), 0.9, network)).toEqual(masks);
  });
});
