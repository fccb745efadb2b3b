import { describe, expect, it } from 'vitest';
import { Random } from '../../../main/engine/base/random.ts';
import { keepBest } from '../../../main/engine/compress/cutoff.ts';
import type { UnitGroup } from '../../../main/engine/compress/structures/structure.ts';

const group = (name: string, costs: number | number[], units = 0): UnitGroup => ({
  name,
  shape: [],
  units: typeof costs === 'number' ? units : costs.length,
  costs: typeof costs === 'number' ? costs : Float64Array.from(costs),
});
const keep = (groups: UnitGroup[], scores: number[][], budget: number) =>
  [
    ...keepBest(
      groups,
      [{ groups, keep: budget }],
      new Map(groups.map(({ name }, i) => [name, Float64Array.from(scores[i] ?? [])])),
    ).values(),
  ].map((mask) => [...mask]);

describe('the cut-off', () => {
  it('keeps the best as long as each brings the cost nearer to the budget', () => {
    const groups = [group('a', [9, 9, 1]), group('b', [4, 4])];
    const scores = [
      [5, 1, 3],
      [4, 2],
    ];
    // In the order of their scores they cost 9, 4, 1, 4, 9.
    expect(keep(groups, scores, 13)).toEqual([
      [1, 0, 0],
      [1, 0],
    ]);
    expect(keep(groups, scores, 14)).toEqual([
      [1, 0, 1],
      [1, 0],
    ]);
    expect(keep(groups, scores, 16)).toEqual([
      [1, 0, 1],
      [1, 1],
    ]);
    expect(keep(groups, scores, 15.9)).toEqual([
      [1, 0, 1],
      [1, 0],
    ]);
    expect(keep(groups, scores, 0)).toEqual([
      [0, 0, 0],
      [0, 0],
    ]);
    expect(keep(groups, scores, 27)).toEqual([
      [1, 1, 1],
      [1, 1],
    ]);
  });

  it('takes the earlier group and the lower index among equals, and what is no number last', () => {
    const groups = [group('a', [2, 3]), group('b', [2, 3])];
    expect(keep(groups, [[1, 1], [1, 1]], 7)).toEqual([[1, 1], [1, 0]]); // prettier-ignore
    expect(keep(groups, [[NaN, 0], [-5, NaN]], 5)).toEqual([[0, 1], [1, 0]]); // prettier-ignore
  });

  it('is the longest prefix of the ranking whose cost is nearest to the budget (by definition)', () => {
    const random = Random.from(4, 'costs');
    for (let trial = 0; trial < 300; trial++) {
      const sizes = Array.from({ length: 1 + random.int(3) }, () => random.int(9));
      const groups = sizes.map((size, i) =>
        group(
          String(i),
          Array.from({ length: size }, () => 1 + random.int(4)),
        ),
      );
      const scores = sizes.map((size) => Array.from({ length: size }, () => random.int(4) / 3));
      const all = groups.flatMap(({ costs }, g) =>
        [...(costs as Float64Array)].map((cost, i) => ({ g, i, cost, score: scores[g]?.[i] ?? 0 })),
      );
      const ranking = [...all].sort((x, y) => y.score - x.score || x.g - y.g || x.i - y.i);
      const total = all.reduce((sum, { cost }) => sum + cost, 0);
      const budget = random.int(total + 1);
      let [best, spent, length] = [budget, 0, 0];
      ranking.forEach(({ cost }, rank) => {
        spent += cost;
        if (Math.abs(spent - budget) <= best) [best, length] = [Math.abs(spent - budget), rank + 1];
      });
      const expected = sizes.map((size) => new Array<number>(size).fill(0));
      for (const { g, i } of ranking.slice(0, length)) (expected[g] as number[])[i] = 1;
      expect(keep(groups, scores, budget)).toEqual(expected);
    }
  });

  it('with one cost for all units keeps as many as the budget pays, rounded', () => {
    expect(keep([group('a', 4, 5)], [[1, 5, 2, 4, 3]], 12)).toEqual([[0, 1, 0, 1, 1]]);
    expect(keep([group('a', 4, 5)], [[1, 5, 2, 4, 3]], 9)).toEqual([[0, 1, 0, 1, 0]]);
    // The same units, each with a price of its own.
    expect(keep([group('a', [4, 4, 4, 4, 4])], [[1, 5, 2, 4, 3]], 9)).toEqual([[0, 1, 0, 1, 0]]);
  });

  it('cuts each pool by itself', () => {
    const groups = [group('a', 1, 3), group('b', 1, 3)];
    const scores = new Map([
      ['a', Float32Array.of(1, 2, 3)],
      ['b', Float32Array.of(40, 50, 60)],
    ]);
    const pools = groups.map((one, i) => ({ groups: [one], keep: i + 1 }));
    expect([...keepBest(groups, pools, scores).values()].map((mask) => [...mask])).toEqual([
      [0, 0, 1],
      [0, 1, 1],
    ]);
  });
});
