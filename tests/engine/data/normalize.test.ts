import { describe, expect, it } from 'vitest';
import { computeNormalization } from '../../../main/engine/data/normalize.ts';

const split = (values: Uint8Array | Float32Array, size: number) => ({
  size,
  values,
  labels: new Int32Array(size),
});

describe('computeNormalization', () => {
  it('has the closed form of an arithmetic progression', () => {
    // 0..255: mean (n - 1) / 2, variance (n^2 - 1) / 12.
    const values = Uint8Array.from({ length: 256 }, (_, i) => i);
    const { mean, std } = computeNormalization(split(values, 4), [1, 8, 8], 'standard');
    expect(mean[0]).toBeCloseTo(127.5, 12);
    expect(std[0]).toBeCloseTo(Math.sqrt((256 ** 2 - 1) / 12), 12);
  });

  it('agrees between bytes and the same values as floats, channel by channel', () => {
    const bytes = Uint8Array.from({ length: 3 * 16 * 5 }, (_, i) => (i * 37 + (i >> 4) * 11) % 251);
    const asBytes = computeNormalization(split(bytes, 5), [3, 4, 4], 'standard');
    const asFloats = computeNormalization(split(Float32Array.from(bytes), 5), [3, 4, 4], 'standard');
    for (let c = 0; c < 3; c++) {
      expect(asFloats.mean[c]).toBeCloseTo(asBytes.mean[c] ?? NaN, 9);
      expect(asFloats.std[c]).toBeCloseTo(asBytes.std[c] ?? NaN, 9);
    }
    expect(new Set(asBytes.mean).size).toBe(3);
  });

  it('gives a constant channel std 1, so that nothing is divided by zero', () => {
    const { mean, std } = computeNormalization(split(new Float32Array(8).fill(3), 4), [2], 'standard');
    expect(mean).toEqual([3, 3]);
    expect(std).toEqual([1, 1]);
  });

  it('brings values to 0..1 in unit mode', () => {
    expect(computeNormalization(split(new Uint8Array(4), 1), [1, 2, 2], 'unit')).toEqual({
      mean: [0],
      std: [255],
    });
    const values = Float32Array.of(-2, 10, 6, 30);
    expect(computeNormalization(split(values, 2), [2], 'unit')).toEqual({ mean: [-2, 10], std: [8, 20] });
  });

  it('leaves raw values in mode none and one-hot features in every mode', () => {
    const values = Float32Array.of(0, 5, 1, 9);
    expect(computeNormalization(split(values, 2), [2], 'none')).toEqual({ mean: [0, 0], std: [1, 1] });
    expect(computeNormalization(split(values, 2), [2], 'standard', [true, false])).toEqual({
      mean: [0, 7],
      std: [1, 2],
    });
  });
});
