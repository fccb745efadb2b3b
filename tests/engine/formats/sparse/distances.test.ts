import { describe, expect, it } from 'vitest';
import { Random } from '../../../../main/engine/base/random.ts';
import { constantBytes } from '../../../../main/engine/formats/sparse/c/constants.ts';
import { distancesOf } from '../../../../main/engine/formats/sparse/lower/distances.ts';
import { listsOf, type SparseRows } from '../../../../main/engine/formats/sparse/lower/lists.ts';
import { makePlan } from '../../../../main/engine/formats/sparse/make-plan.ts';
import { C } from '../../../../main/engine/formats/sparse/tuning.ts';
import { zoo } from '../../../../main/engine/zoo/index.ts';
import { randomWeights } from '../../network/run.ts';
import { drawnMasks } from './networks.ts';

const distances = (rows: SparseRows, block = 1) => distancesOf(listsOf(rows, block, 1, false), 1);

/** What the lists add up to of x, as the kernel reads them. */
function product({ block, ranges, columns, weights }: ReturnType<typeof distances>, x: number[]): number[] {
  return ranges.flatMap(([from, to]) => {
    const sums = Array.from({ length: block }, () => 0);
    let at = 0;
    for (let i = from; i < to; i++) {
      at += columns[i] ?? NaN;
      for (let r = 0; r < block; r++)
        sums[r] = (sums[r] ?? 0) + (weights[i * block + r] ?? NaN) * (x[at] ?? NaN);
    }
    return sums;
  });
}

describe('columns as distances', () => {
  it('count from the column before, and from the beginning for the first of a list', () => {
    const rows: SparseRows = [
      [
        [3, 1],
        [5, 2],
      ],
      [],
      [[255, 4]],
    ];
    expect(distances(rows)).toEqual({
      block: 1,
      ranges: [
        [0, 2],
        [2, 2],
        [2, 3],
      ],
      columns: [3, 2, 255],
      weights: [1, 2, 4],
    });
  });

  it('that a byte does not hold have weights of zero in between, where few are so long', () => {
    const few: SparseRows = [[...[1, 2, 3, 4].map((column) => [column, 1] as const), [600, 2]]];
    expect(distances(few)).toMatchObject({
      columns: [1, 1, 1, 1, 255, 255, 86],
      weights: [1, 1, 1, 1, 0, 0, 2],
    });
    expect(distances([[[600, 2]]])).toMatchObject({ columns: [600], weights: [2] });
  });

  it('make the same products', () => {
    const random = Random.from(1, 'rows');
    for (const [width, share] of [
      [40, 0.3],
      [3000, 0.01],
      [5000, 0.001],
    ] as const) {
      const rows: SparseRows = Array.from({ length: 12 }, () =>
        Array.from({ length: width }, (_, column) => [column, random.normal()] as const).filter(
          () => random.float() < share,
        ),
      );
      const x = Array.from({ length: width }, () => random.normal());
      const expected = rows.map((row) =>
        row.reduce((sum, [column, weight]) => sum + weight * (x[column] ?? 0), 0),
      );
      for (const block of [1, 4]) {
        product(distances(rows, block), x).forEach((sum, r) =>
          expect(sum).toBeCloseTo(expected[r] ?? NaN, 10),
        );
      }
    }
  });

  it('of LeNet-300-100 at 95 % take about a byte a weight', () => {
    const entry = zoo.get('lenet-300-100');
    const network = entry.build({ input: entry.defaultInput, classes: 10 });
    const weights = randomWeights(network);
    const masks = drawnMasks(network, weights, 0.95, Random.from(1, 'masks'));
    const kept = [...masks.values()].reduce((sum, mask) => sum + mask.reduce((own, bit) => own + bit, 0), 0);
    const bytes = (eightBits: boolean) =>
      constantBytes(makePlan(network, weights, masks, C, { eightBits }).data);
    expect(bytes(false)).toBeLessThan(kept * 5.3);
    expect(bytes(true)).toBeLessThan(kept * 2.4);
  });
});
