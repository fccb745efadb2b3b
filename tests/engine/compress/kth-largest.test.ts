import { describe, expect, it } from 'vitest';
import { kthLargest } from '../../../main/engine/compress/kth-largest.ts';
import { Random } from '../../../main/engine/random.ts';

describe('the k-th largest value', () => {
  it('is what sorting finds, for every k', () => {
    const random = Random.from(1, 'values');
    const values = Float32Array.from(
      { length: 500 },
      (_, i) => [random.normal(), 0, -0, Infinity, -Infinity, 1e-40][i % 7] ?? random.int(3) - 1,
    );
    const sorted = values.toSorted();
    for (let k = 1; k <= values.length; k++) {
      // +0 and -0 are equal numbers and may stand in either order.
      expect(kthLargest(values, k) + 0).toBe((sorted[values.length - k] as number) + 0);
    }
  });

  it('reads a part of a larger buffer', () => {
    const values = Float32Array.of(9, 1, 2, 3, 9).subarray(1, 4);
    expect(kthLargest(values, 1)).toBe(3);
    expect(kthLargest(values, 3)).toBe(1);
  });
});
