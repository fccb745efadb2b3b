import { describe, expect, it } from 'vitest';
import { Random } from '../../../main/engine/base/random.ts';
import { fitKept, isNear, NEAR } from '../../../main/engine/compress/budgets/fit.ts';
import { countedOf } from '../../../main/engine/compress/budgets/index.ts';
import { keepBest } from '../../../main/engine/compress/cutoff.ts';
import { protectLayers } from '../../../main/engine/compress/scopes/protect.ts';
import { byPlace, Keeper } from '../../../main/engine/compress/keeper.ts';
import { scopes } from '../../../main/engine/compress/scopes/index.ts';
import { unitsOf } from '../../../main/engine/compress/select.ts';
import type { Selection } from '../../../main/engine/compress/selection.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { coupling } from '../../../main/engine/network/coupling/index.ts';
import type { MaskSet } from '../../../main/engine/network/graph.ts';
import { shrink } from '../../../main/engine/network/shrink.ts';
import { Widths } from '../../../main/engine/compress/widths.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';

/** Channels of a network with random scores, and what a share of them pruned leaves. */
function channelsOf(id: string, seed: number) {
  const network = zoo.get(id).build({ input: [3, 32, 32], classes: 10 });
  const found = coupling(network);
  const groups = found.groups.map(({ name, components }) => ({
    name,
    shape: [],
    units: components.length,
    costs: 1,
  }));
  const random = Random.from(seed, 'scores');
  const scores = new Map(
    groups.map(({ name, units }) => [name, Float64Array.from({ length: units }, () => random.float())]),
  );
  const without = (kept: MaskSet) =>
    shrink(
      network,
      found,
      found.groups.flatMap(({ name, components }) => components.filter((_, i) => kept.get(name)?.[i] === 0)),
    ).network;
  const select = (scope: string) => (share: number) => {
    const kept = keepBest(groups, scopes.get(scope).share(groups, share, network), scores);
    protectLayers(kept, scores);
    return kept;
  };
  return { network, scores, without, select, widths: new Widths(groups, scores) };
}

describe('a budget that was not refused beforehand', () => {
  // Few channels, of which each takes several percent with it.
  const narrow = new NetworkBuilder('narrow', [1, 12, 12])
    .conv('conv1', 5)
    .relu()
    .conv('conv2', 7)
    .relu()
    .conv('conv3', 6)
    .relu()
    .globalAvgPool()
    .flatten()
    .dense('fc', 3)
    .build();

  const keeperOf = (measure: 'macs' | 'parameters', end: number) => {
    const selection: Selection = {
      criterion: 'magnitude',
      scope: 'global',
      exclude: [],
      regrow: false,
      invert: false,
      measure,
      end,
      structure: { kind: 'channel', normalise: 'none', members: 'makers' },
    };
    const units = unitsOf(narrow, selection);
    const keeper = new Keeper({ network: narrow, units, selection, base: narrow, before: units.groups });
    return { keeper, groups: units.groups };
  };

  it.each([
    ['macs', [1]],
    ['parameters', [1]],
    ['macs', [0.4, 0.75, 1]],
    ['parameters', [0.4, 0.75, 1]],
  ] as const)('is met whatever the scores turn out to be: %s, by %j', (measure, way) => {
    let met = 0;
    for (let share = 0.1; share < 0.9; share += 0.05 * way.length) {
      const { keeper, groups } = keeperOf(measure, share);
      const limit = (1 - share) * (keeper.amount?.before ?? NaN);
      const alike = byPlace(new Map(groups.map(({ name, units }) => [name, new Float64Array(units)])));
      if (!isNear(keeper.fit(alike, share)?.amount ?? NaN, limit)) continue;
      for (let seed = 0; seed < 12; seed += way.length) {
        let kept: MaskSet = new Map();
        let amount = NaN;
        for (const [round, part] of way.entries()) {
          const random = Random.from(seed, `scores/${round}`);
          const scores = new Map(
            groups.map(({ name, units }) => {
              // Whole groups are far above or below others, and what is gone stays so.
              const scale = 100 ** random.float();
              const own = Float64Array.from({ length: units }, () => scale * (0.5 + random.float()));
              return [name, own.map((score, i) => (kept.get(name)?.[i] === 0 ? -Infinity : score))];
            }),
          );
          const fit = keeper.fit(scores, part === 1 ? share : share * part);
          [kept, amount] = [fit?.kept ?? kept, fit?.amount ?? NaN];
        }
        expect(isNear(amount, limit), `${share}, seed ${seed}: ${amount} of ${limit}`).toBe(true);
        met++;
      }
    }
    expect(met).toBeGreaterThan(way.length === 1 ? 60 : 5);
  });
});

describe('widths that meet a budget', () => {
  it.each(['global', 'layerwise'])(
    'are within 2 %% of it, spread %s',
    (scope) => {
      const { network, scores, without, select, widths } = channelsOf('resnet-20', 3);
      for (const kind of ['macs', 'parameters'] as const) {
        const of = (kept: MaskSet) => countedOf(kind).of({ network: without(kept), masks: new Map() });
        const whole = countedOf(kind).of({ network, masks: new Map() });
        for (const share of [0.75, 0.5, 0.25, 0.125]) {
          const { kept, amount } = fitKept(select(scope), of, share * whole, scores, widths);
          expect(amount, `${kind} ${share}`).toBe(of(kept));
          expect(Math.abs(amount / (share * whole) - 1), `${kind} ${share}`).toBeLessThanOrEqual(NEAR);
        }
      }
    },
    120_000,
  );

  it('are all of them where all may stay, and one a group where less is asked for than can be', () => {
    const { scores, select, widths } = channelsOf('lenet-300-100', 4);
    const count = (kept: MaskSet) => [...kept.values()].reduce((sum, m) => sum + m.filter(Boolean).length, 0);
    expect(fitKept(select('global'), count, 400, scores, widths).amount).toBe(400);
    expect(fitKept(select('global'), count, 1, scores, widths).amount).toBe(2);
    for (const limit of [2, 3, 77, 399]) {
      expect(fitKept(select('global'), count, limit, scores, widths).amount, `${limit}`).toBe(limit);
    }
  });

  it('come back one by one, the best-scored first, where the next step is too coarse', () => {
    // Ten units of one; a second group leaves and comes with ten of something at once.
    const groups = [
      { name: 'fine', shape: [], units: 10, costs: 1 },
      { name: 'coarse', shape: [], units: 2, costs: 1 },
    ];
    const scores = new Map([
      ['fine', Float64Array.from({ length: 10 }, (_, i) => i / 100)],
      ['coarse', Float64Array.of(0.5, 0.6)],
    ]);
    const amount = (kept: MaskSet) =>
      (kept.get('fine')?.filter(Boolean).length ?? 0) +
      40 * (kept.get('coarse')?.filter(Boolean).length ?? 0);
    const select = (share: number) =>
      keepBest(groups, [{ groups, keep: Math.round((1 - share) * 12) }], scores);
    const { kept, amount: left } = fitKept(select, amount, 46, scores, new Widths(groups, scores));
    expect(left).toBe(46);
    expect([...(kept.get('fine') ?? [])]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
    expect([...(kept.get('coarse') ?? [])]).toEqual([0, 1]);
  });
});
