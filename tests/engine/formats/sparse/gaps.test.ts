import { describe, expect, it } from 'vitest';
import { Random } from '../../../../main/engine/base/random.ts';
import { elementsOf, storedValues } from '../../../../main/engine/formats/sparse/c/elements.ts';
import { type Gaps, gapsOf, periodOf } from '../../../../main/engine/formats/sparse/lower/gaps.ts';
import { listsOf, type SparseRows } from '../../../../main/engine/formats/sparse/lower/lists.ts';

const HOW = { weightBytes: 4, worth: 1, least: 1 } as const;
const gaps = (rows: SparseRows, how: Partial<Parameters<typeof gapsOf>[1]> = {}, block = 1) =>
  gapsOf(listsOf(rows, block, 1, false), { ...HOW, ...how });

/** What the lists add up to of x, as kernels read them. */
function product({ block, counts, gaps, weights }: Gaps, x: readonly number[], goOn = false): number[] {
  let [i, at] = [0, 0];
  return counts.flatMap((count) => {
    const sums = Array.from({ length: block }, () => 0);
    if (!goOn) at = 0;
    for (const end = i + count; i < end; i++) {
      at += gaps[i] ?? NaN;
      for (let r = 0; r < block; r++)
        sums[r] = (sums[r] ?? 0) + (weights[i * block + r] ?? NaN) * (x[at] ?? NaN);
    }
    return sums;
  });
}

const ones = (columns: readonly number[]) => columns.map((column) => [column, 1] as const);

describe('columns as gaps', () => {
  it('count from the column before, and from the beginning for the first of a list', () => {
    const rows: SparseRows = [ones([3, 5]), [], ones([7])];
    expect(gaps(rows)).toEqual({
      block: 1,
      counts: [2, 0, 1],
      gaps: [3, 2, 7],
      bits: 3,
      weights: [1, 1, 1],
    });
  });

  it('count from the list before where columns ascend through all lists', () => {
    const rows: SparseRows = [ones([3, 5]), [], ones([7])];
    expect(gaps(rows, { goOn: true })).toMatchObject({ counts: [2, 0, 1], gaps: [3, 2, 2], bits: 2 });
  });

  it('that are longer than most have weights of zero in between', () => {
    const rows: SparseRows = [ones([...Array.from({ length: 40 }, (_, i) => 2 * i), 83])];
    const found = gaps(rows);
    expect(found.bits).toBe(2);
    expect(found.gaps.slice(-2)).toEqual([3, 2]);
    expect(found.weights.slice(-2)).toEqual([0, 1]);
    expect(found.counts).toEqual([42]);
  });

  it('are bytes where these cost little more', () => {
    const rows: SparseRows = [ones([1, 40, 90, 100])];
    expect(gaps(rows).bits).toBe(6);
    expect(gaps(rows, { worth: 1.1 }).bits).toBe(8);
    // Of five bits and four the four are read faster.
    expect(gaps([ones(Array.from({ length: 40 }, (_, i) => 9 * i))], { worth: 1.03 }).bits).toBe(4);
    expect(gaps([ones([600])], { worth: 1.1 })).toMatchObject({ bits: 16, gaps: [600] });
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
        for (const worth of [1, Infinity]) {
          product(gaps(rows, { worth }, block), x).forEach((sum, r) =>
            expect(sum).toBeCloseTo(expected[r] ?? NaN, 10),
          );
        }
      }
    }
  });
});

describe('a table in less room', () => {
  const table = (values: readonly number[], stored?: { bits?: number; period?: number }) => {
    const data = { is: 'table', values: Uint32Array.from(values), stored } as const;
    return { elements: elementsOf(data), values: Array.from(storedValues(data)) };
  };

  it.each([1, 2, 3, 4, 5, 6, 7])('has each entry in %i bits, read from two bytes', (bits) => {
    const random = Random.from(bits, 'table');
    const values = Array.from({ length: 50 }, () => random.int(2 ** bits));
    const { elements, values: bytes } = table(values, { bits });
    expect(elements).toEqual({ type: 'uint8_t', bits });
    expect(bytes).toHaveLength(Math.ceil((50 * bits) / 8) + 1);
    const read = values.map((_, i) => {
      const at = Math.floor((i * bits) / 8);
      return (((bytes[at] ?? NaN) + 256 * (bytes[at + 1] ?? NaN)) >> ((i * bits) % 8)) % 2 ** bits;
    });
    expect(read).toEqual(values);
  });

  it('has one period, and what each adds', () => {
    const positions = [0, 10, 20].flatMap((channel) => [5, 6, 8].map((tap) => 100 * channel + tap));
    expect(periodOf(positions)).toBe(3);
    expect(table(positions, { period: 3 }).values).toEqual([5, 6, 8, 0, 1000, 2000]);
  });

  it('has the period that needs the fewest numbers, and none where none saves any', () => {
    expect(periodOf(Array.from({ length: 100 }, (_, i) => 7 * i))).toBe(10);
    expect(periodOf([1, 2, 4, 8, 16])).toBeUndefined();
    expect(periodOf([])).toBeUndefined();
  });
});
