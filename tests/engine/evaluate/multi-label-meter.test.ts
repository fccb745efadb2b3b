import { describe, expect, it } from 'vitest';
import { ClassificationMeter } from '../../../main/engine/evaluate/classification.ts';
import { MultiLabelMeter } from '../../../main/engine/evaluate/multi-label-meter.ts';

const measure = (logits: number[][], labels: number[][]) => {
  const meter = new MultiLabelMeter(labels[0]?.length ?? 0);
  logits.forEach((row, i) => meter.add(Float32Array.from(row), labels[i] ?? []));
  return meter.result();
};

describe('MultiLabelMeter', () => {
  // Counted on paper: class 0 has 2 hits, 1 false alarm, 0 misses; class 1 has 1 hit and 1 miss; class 2 one miss; class 3
  // has no sample and one false alarm.
  const labels = [
    [1, 1, 0, 0],
    [1, 0, 0, 0],
    [0, 1, 1, 0],
    [0, 0, 0, 0],
  ];
  const logits = [
    [2, 1, -1, -3],
    [1, -2, -1, -1],
    [1, -1, -1, 2],
    [-1, -1, -1, 0],
  ];

  it('gives F1 of each class, of all counts together, and their mean over classes with samples', () => {
    const { f1, perClass, accuracy, confusion, top5, right } = measure(logits, labels);
    expect(perClass[0]).toBeCloseTo(4 / 5, 12);
    expect(perClass[1]).toBeCloseTo(2 / 3, 12);
    expect(perClass.slice(2)).toEqual([0, null]);
    expect(f1?.micro).toBeCloseTo(6 / (6 + 2 + 2), 12);
    expect(f1?.macro).toBeCloseTo((4 / 5 + 2 / 3 + 0) / 3, 12);
    expect(accuracy).toBe(3 / 4);
    expect([...Buffer.from(right, 'base64')]).toEqual([0b1011]);
    expect({ confusion, top5 }).toEqual({ confusion: [], top5: null });
  });

  it('gives the mean binary cross-entropy, in closed form and where exponentials overflow', () => {
    expect(measure([[0, 0]], [[1, 0]]).loss).toBeCloseTo(Math.LN2, 12);
    expect(measure([[2, -1]], [[1, 1]]).loss).toBeCloseTo(
      (Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(1))) / 2,
      6,
    );
    expect(measure([[1000, -1000]], [[0, 0]]).loss).toBe(500);
  });

  it('counts samples without an answer as wrong and as having nothing found', () => {
    const { invalid, accuracy, f1, loss } = measure(
      [
        [NaN, 5],
        [3, -3],
      ],
      [
        [0, 0],
        [1, 0],
      ],
    );
    expect({ invalid, accuracy, f1 }).toEqual({ invalid: 1, accuracy: 0.5, f1: { micro: 1, macro: 1 } });
    expect(loss).toBeCloseTo(Math.log1p(Math.exp(-3)), 6);
  });

  it('has an F1 of 0 where nothing is found, and refuses what does not fit', () => {
    expect(measure([[-1, -1]], [[1, 0]]).f1).toEqual({ micro: 0, macro: 0 });
    const meter = new MultiLabelMeter(2);
    expect(() => meter.add(Float32Array.of(1, 2), [1])).toThrow(RangeError);
    expect(() => meter.result()).toThrow(RangeError);
  });
});

describe('ClassificationMeter of a network that judges each class by itself', () => {
  it('gives the binary cross-entropy against the one class, and accuracy by the highest logit', () => {
    const meter = new ClassificationMeter(3, 'each class');
    meter.add(Float32Array.of(2, -1, 3), [0]);
    const { loss, accuracy } = meter.result();
    const wanted = [Math.log1p(Math.exp(-2)), Math.log1p(Math.exp(-1)), Math.log1p(Math.exp(3))];
    expect(loss).toBeCloseTo(wanted.reduce((a, b) => a + b) / 3, 6);
    expect(accuracy).toBe(0);
  });
});
