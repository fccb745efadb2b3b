import { describe, expect, it } from 'vitest';
import type { Sensitivity } from '../../../main/contract/sensitivity.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { knapsack, type Option } from '../../../main/engine/compress/solve/knapsack.ts';
import { bestShares } from '../../../main/engine/compress/solve/shares.ts';

/** The least loss within a limit, by trying everything. */
function exhaustive(groups: readonly (readonly Option[])[], limit: number): number {
  const [first, ...rest] = groups;
  if (first === undefined) return limit >= -1e-9 ? 0 : Infinity;
  return Math.min(...first.map(({ loss, cost }) => loss + exhaustive(rest, limit - cost)));
}

const drawn = (random: Random, whole: boolean): Option[][] =>
  Array.from({ length: 1 + random.int(5) }, () =>
    Array.from({ length: 1 + random.int(5) }, () => ({
      loss: random.float(),
      cost: whole ? random.int(20) : random.float() * 20,
    })),
  );

describe('one option for every group within a limit', () => {
  it('is the best there is where costs are whole numbers', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = Random.from(seed, 'knapsack');
      const groups = drawn(random, true);
      const limit = random.int(60);
      const best = exhaustive(groups, limit);
      const found = knapsack(groups, limit);
      if (best === Infinity) expect(found, `seed ${seed}`).toBeUndefined();
      else expect(found?.loss, `seed ${seed}`).toBeCloseTo(best, 9);
      if (found !== undefined) expect(found.cost).toBeLessThanOrEqual(limit);
    }
  });

  it('takes what costs nothing where there is no room, and nothing else', () => {
    const options = [
      { loss: 3, cost: 0 },
      { loss: 1, cost: 0.4 },
    ];
    expect(knapsack([options, options], 0)).toMatchObject({ picks: [0, 0], loss: 6, cost: 0, bound: 6 });
    expect(knapsack([options.slice(1)], 0)).toBeUndefined();
  });

  it('keeps the limit and lies above its bound where they are not', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = Random.from(seed, 'rounded');
      const groups = drawn(random, false);
      const limit = 5 + random.float() * 50;
      const found = knapsack(groups, limit);
      if (found === undefined) continue;
      const best = exhaustive(groups, limit);
      expect(found.cost, `seed ${seed}`).toBeLessThanOrEqual(limit + 1e-9);
      expect(found.bound, `seed ${seed}`).toBeLessThanOrEqual(best + 1e-9);
      expect(found.loss, `seed ${seed}`).toBeGreaterThanOrEqual(best - 1e-9);
      expect(found.loss, `seed ${seed}`).toBeLessThanOrEqual(best + 0.05);
    }
  });
});

describe('shares by sensitivity', () => {
  const curve = (name: string, losses: readonly number[]) => ({
    name,
    units: 100,
    points: losses.map((loss, i) => ({
      share: (i + 1) / 4,
      removed: 25 * (i + 1),
      lost: { mean: 0, error: 0 },
      rise: { mean: loss, error: 0 },
    })),
  });
  const sensitivity = (groups: Sensitivity['groups']): Sensitivity => ({
    version: 1,
    fingerprint: '',
    network: 'n',
    criterion: 'magnitude',
    structure: 'element',
    samples: 10,
    shares: [0.25, 0.5, 0.75],
    whole: { accuracy: 1, loss: 0 },
    groups,
  });

  it('take from where it costs least, and level dips of the curves', () => {
    const found = bestShares(
      sensitivity([curve('hard', [1, 2, 3]), curve('soft', [0.1, -0.5, 0.1])]),
      (shares) => 100 * (1 - (shares.get('hard') ?? 0)) + 100 * (1 - (shares.get('soft') ?? 0)),
      125,
    );
    expect(found?.shares.get('soft')).toBe(0.75);
    expect(found?.shares.get('hard')).toBe(0);
    expect(found?.loss).toBeCloseTo(0.1, 9);
    expect(found?.bound).toBeLessThanOrEqual(0.1 + 1e-9);
  });

  it('meet a budget of what two layers share, and are as good as trying everything', () => {
    // Width times width: what is left is a product.
    const amountOf = (shares: ReadonlyMap<string, number>) =>
      1000 * (1 - (shares.get('a') ?? 0)) * (1 - (shares.get('b') ?? 0));
    const groups = [curve('a', [0.2, 0.5, 1.5]), curve('b', [0.4, 0.6, 0.9])];
    const found = bestShares(sensitivity(groups), amountOf, 300);
    expect(found).toBeDefined();
    expect(found?.amount).toBeLessThanOrEqual(300);
    expect(found?.bound).toBeLessThanOrEqual(found?.loss ?? 0);
    const along = (points: Sensitivity['groups'][number]['points'], share: number) => {
      const all = [{ share: 0, loss: 0 }, ...points.map((p) => ({ share: p.share, loss: p.rise.mean }))];
      const to = all.findIndex((p) => p.share >= share - 1e-9);
      const [from, next] = [all[Math.max(0, to - 1)], all[to]];
      if (from === undefined || next === undefined || to === 0) return 0;
      return from.loss + ((share - from.share) / (next.share - from.share)) * (next.loss - from.loss);
    };
    let best = Infinity;
    for (let i = 0; i <= 30; i++) {
      for (let j = 0; j <= 30; j++) {
        const [a, b] = [i * 0.025, j * 0.025];
        if (1000 * (1 - a) * (1 - b) > 300) continue;
        best = Math.min(best, along(groups[0]?.points ?? [], a) + along(groups[1]?.points ?? [], b));
      }
    }
    // Within one step of the curves.
    expect(found?.loss).toBeLessThanOrEqual(best + 0.03);
    expect(found?.bound).toBeLessThanOrEqual(best + 1e-9);
  });

  it('keep caps and floors of layers, and are as good as trying everything within them', () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = Random.from(seed, 'bounds');
      const names = ['a', 'b', 'c'];
      const groups = names.map((name) => {
        let rise = 0;
        return curve(name, [0, 0, 0].map(() => (rise += random.float()))); // prettier-ignore
      });
      const bounds = new Map(names.map((name) => [name, [0.2 * random.float(), 0.4 + 0.4 * random.float()] as const])); // prettier-ignore
      const allowed = (name: string, share: number) => {
        const [least, most] = bounds.get(name) ?? [0, 1];
        return share >= least && share <= most;
      };
      const sizes = names.map(() => 20 + random.int(80));
      const amountOf = (shares: ReadonlyMap<string, number>) =>
        names.reduce(
          (sum, name, i) => sum + Math.round((sizes[i] ?? 0) * 40 * (1 - (shares.get(name) ?? 0))),
          0,
        );
      const limit = (0.5 + 0.4 * random.float()) * amountOf(new Map());
      // What is offered: every fortieth, with losses on straight lines between those measured.
      const rows = groups.map(({ name, points }) =>
        Array.from({ length: 31 }, (_, i) => i / 40)
          .filter((share) => allowed(name, share))
          .map((share) => {
            const all = [
              { share: 0, loss: 0 },
              ...points.map((p) => ({ share: p.share, loss: p.rise.mean })),
            ];
            const to = all.find((p) => p.share >= share - 1e-9);
            const from = all.findLast((p) => p.share <= share + 1e-9);
            const span = (to?.share ?? 0) - (from?.share ?? 0);
            const along = span === 0 ? 0 : (share - (from?.share ?? 0)) / span;
            return { share, loss: (from?.loss ?? 0) + along * ((to?.loss ?? 0) - (from?.loss ?? 0)) };
          }),
      );
      let best = Infinity;
      for (const a of rows[0] ?? [])
        for (const b of rows[1] ?? [])
          for (const c of rows[2] ?? []) {
            const shares = new Map([['a', a.share], ['b', b.share], ['c', c.share]]); // prettier-ignore
            if (amountOf(shares) <= limit) best = Math.min(best, a.loss + b.loss + c.loss);
          }
      const found = bestShares(sensitivity(groups), amountOf, limit, allowed);
      if (best === Infinity) {
        expect(found, `seed ${seed}`).toBeUndefined();
        continue;
      }
      for (const [name, share] of found?.shares ?? [])
        expect(allowed(name, share), `seed ${seed}`).toBe(true);
      expect(found?.amount).toBeLessThanOrEqual(limit);
      expect(found?.loss, `seed ${seed}`).toBeCloseTo(best, 6);
    }
  });

  it('are none where nothing that was measured meets it', () => {
    const amountOf = (shares: ReadonlyMap<string, number>) => 100 * (1 - (shares.get('a') ?? 0));
    expect(bestShares(sensitivity([curve('a', [0, 0, 0])]), amountOf, 10)).toBeUndefined();
  });
});
