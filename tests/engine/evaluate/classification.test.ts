import { describe, expect, it } from 'vitest';
import { ClassificationMeter } from '../../../main/engine/evaluate/classification.ts';
import { Random } from '../../../main/engine/base/random.ts';

function measure(classes: number, rows: number[][], labels: number[]) {
  const meter = new ClassificationMeter(classes);
  meter.add(Float32Array.from(rows.flat()), Int32Array.from(labels));
  return meter.result();
}

describe('ClassificationMeter', () => {
  it('gives ln(classes) as the loss of equal logits', () => {
    expect(measure(10, [Array<number>(10).fill(3)], [4]).loss).toBeCloseTo(Math.log(10), 12);
  });

  it('gives the closed form of two classes, also where exponentials overflow', () => {
    expect(measure(2, [[0, 2]], [1]).loss).toBeCloseTo(Math.log1p(Math.exp(-2)), 7);
    expect(measure(2, [[1000, -1000]], [1]).loss).toBeCloseTo(2000, 9);
    expect(measure(2, [[1000, -1000]], [0]).loss).toBe(0);
  });

  it('does not depend on how samples are cut into batches', () => {
    const random = Random.from(1, 'classification');
    const rows = Array.from({ length: 101 }, () => Array.from({ length: 7 }, () => random.normal()));
    const labels = rows.map(() => random.int(7));
    const whole = measure(7, rows, labels);
    const meter = new ClassificationMeter(7);
    for (const [from, to] of [
      [0, 1],
      [1, 64],
      [64, 101],
    ] as const) {
      meter.add(Float32Array.from(rows.slice(from, to).flat()), labels.slice(from, to));
    }
    expect(meter.result()).toEqual(whole);
    const trace = whole.confusion.reduce((sum, row, c) => sum + (row[c] ?? 0), 0);
    expect(trace / 101).toBe(whole.accuracy);
    expect(whole.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(101);
  });

  it('agrees on top-5 with sorting', () => {
    const random = Random.from(2, 'top5');
    const rows = Array.from({ length: 200 }, () => Array.from({ length: 12 }, () => random.normal()));
    const labels = rows.map(() => random.int(12));
    const sorted = rows.filter((row, i) => {
      const order = row.map((logit, c) => ({ logit, c })).sort((a, b) => b.logit - a.logit);
      return order.slice(0, 5).some(({ c }) => c === labels[i]);
    });
    expect(measure(12, rows, labels).top5).toBe(sorted.length / 200);
  });

  it('has no top-5 for five classes', () => {
    expect(measure(5, [[1, 2, 3, 4, 5]], [0]).top5).toBeNull();
    expect(measure(6, [[1, 2, 3, 4, 5, 6]], [0]).top5).toBe(0);
  });

  it('gives a tie to the lower class, once', () => {
    const constant = Array.from({ length: 8 }, () => Array<number>(8).fill(0.25));
    const { accuracy, top5, perClass } = measure(8, constant, [0, 1, 2, 3, 4, 5, 6, 7]);
    expect(accuracy).toBe(1 / 8);
    expect(top5).toBe(5 / 8);
    expect(perClass).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('counts samples with NaN or infinite logits as wrong and says how many there were', () => {
    const result = measure(
      2,
      [
        [NaN, 0],
        [0, Infinity],
        [0, 1],
        [0, 1],
      ],
      [1, 1, 1, 0],
    );
    expect(result.invalid).toBe(2);
    expect(result.accuracy).toBe(1 / 4);
    expect(result.perClass).toEqual([0, 1 / 3]);
    expect(result.loss).toBeCloseTo((Math.log1p(Math.exp(-1)) + Math.log1p(Math.exp(1))) / 2, 7);
    expect(measure(2, [[NaN, NaN]], [0]).loss).toBeNaN();
  });

  it('has no recall for a class without samples', () => {
    expect(measure(3, [[1, 0, 0]], [0]).perClass).toEqual([1, null, null]);
  });

  it('refuses labels that are no class, wrong lengths and nothing at all', () => {
    expect(() => measure(2, [[0, 1]], [2])).toThrow(/label 2/);
    expect(() => measure(2, [[0, 1, 2]], [0])).toThrow(RangeError);
    expect(() => new ClassificationMeter(2).result()).toThrow(RangeError);
  });
});
