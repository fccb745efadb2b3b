import { describe, expect, it } from 'vitest';
import { Random } from '../../../main/engine/base/random.ts';
import { countKept } from '../../../main/engine/compress/masks.ts';
import { selectedBy, unitsOf } from '../../../main/engine/compress/select.ts';
import type { Selection } from '../../../main/engine/compress/selection.ts';
import { cutWeights } from '../../../main/engine/network/cut.ts';
import { applyCut, cutBy } from '../../../main/engine/network/cut-by-masks.ts';
import { trainableParams, type WeightSet } from '../../../main/engine/network/graph.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';

const base = zoo.get('resnet-20').build({ input: [3, 32, 32], classes: 10, width: 0.5 });
const chosen = (change: Partial<Selection>): Selection => ({
  criterion: 'magnitude',
  scope: 'global',
  exclude: [],
  regrow: false,
  invert: false,
  protect: true,
  structure: { kind: 'channel' },
  ...change,
});
const [first] = unitsOf(base, chosen({})).groups;

describe('a selection of what is left of a network', () => {
  it.each<[string, Partial<Selection>]>([
    ['global', {}],
    ['layerwise', { scope: 'layerwise' }],
    ['by-hand', { scope: 'by-hand', shares: { layers: { [first?.name ?? '']: 0.75 }, target: 0.7 } }],
  ])('%s keeps the same channels as one that goes by masks alone', (_, change) => {
    const selection = chosen(change);
    const random = Random.from(4, 'scores');
    const scores: WeightSet = new Map(
      trainableParams(base).map((name) => {
        const shape = base.params[name]?.shape ?? [];
        const size = shape.reduce((a, b) => a * b, 1);
        return [name, { shape, data: Float32Array.from({ length: size }, () => random.float()) }];
      }),
    );
    const dataOf = (set: WeightSet) => new Map([...set].map(([name, { data }]) => [name, data]));
    const { masks, kept } = selectedBy(base, selection, dataOf(scores), 0.4);
    const shrunk = applyCut(base, cutBy(masks, base));
    const left = dataOf(cutWeights(scores, shrunk));
    const masked = selectedBy(base, selection, dataOf(scores), 0.7, masks);
    const smaller = selectedBy(shrunk.network, selection, left, 0.7, new Map(), base);
    for (const [name, mask] of masked.kept) {
      const before = kept.get(name) ?? [];
      const among = [...mask].filter((_bit, i) => before[i] === 1);
      // A group of which one channel is left can lose no more and is no group.
      if (among.length > 1) expect([...(smaller.kept.get(name) ?? [])], name).toEqual(among);
      else expect(countKept(mask), name).toBe(1);
    }
  });
});
