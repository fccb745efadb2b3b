import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { splitMix } from './random.ts';
import { estimateBudget, gzipShareAt } from '../../renderer/text/estimate.ts';

/** Normal weights, zeroed at random places, through zlib. */
function measured(sparsity: number): number {
  const next = splitMix(7);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const weights = Float32Array.from({ length: 100_000 }, () => (next() < sparsity ? 0 : normal() * 0.05));
  return gzipSync(Buffer.from(weights.buffer)).length / weights.byteLength;
}

describe('what a budget means', () => {
  it.each([0, 0.4, 0.75, 0.9, 0.96, 0.985])('agrees with zlib at a sparsity of %s', (sparsity) => {
    expect(gzipShareAt(sparsity)).toBeCloseTo(measured(sparsity), 1);
    expect(gzipShareAt(sparsity) / measured(sparsity)).toBeGreaterThan(0.9);
    expect(gzipShareAt(sparsity) / measured(sparsity)).toBeLessThan(1.1);
  });

  it('keeps all at zero, never grows, and the file itself stays as large', () => {
    const sizes = [0, 0.3, 0.5, 0.9, 0.99, 0.9999].map((s) => estimateBudget(1000, 900, s));
    expect(sizes[0]?.kept).toBe(900);
    expect(sizes[0]?.gzipAfter).toBe(sizes[0]?.gzipBefore);
    for (const [index, size] of sizes.entries()) {
      expect(size.gzipAfter).toBeLessThanOrEqual(sizes[index - 1]?.gzipAfter ?? Infinity);
      expect(size.fileBytes).toBe(4000);
      expect(size.nonzero).toBe(size.kept + 100);
    }
  });
});
