import { describe, expect, it } from 'vitest';
import { measureLatency, quantile } from '../../../main/engine/evaluate/latency.ts';
import { linearModel } from './models.ts';

describe('measureLatency', () => {
  const features = 512;
  const small = linearModel(new Float32Array(4 * features).fill(0.01), [0, 0, 0, 0]);
  const large = linearModel(new Float32Array(4000 * features).fill(0.01), Array<number>(4000).fill(0));

  it('times models in their order: two megaflops take longer than two kiloflops', async () => {
    const [slow, fast] = await measureLatency([large, small], {
      sampleShape: [features],
      threads: 1,
      runs: 60,
    });
    expect(slow?.median).toBeGreaterThan(2 * (fast?.median ?? Infinity));
    expect(slow).toMatchObject({ batch: 1, threads: 1, runs: 60 });
    for (const latency of [slow, fast])
      expect(latency?.p95).toBeGreaterThanOrEqual(latency?.median ?? Infinity);
  });

  it('stops when the time is up, but not before ten runs', async () => {
    const [only] = await measureLatency([large], {
      sampleShape: [features],
      threads: 1,
      runs: 100_000,
      seconds: 0,
    });
    expect(only?.runs).toBe(10);
  });

  it('refuses a sample shape that does not fit', async () => {
    await expect(measureLatency([small], { sampleShape: [3] })).rejects.toThrow(/does not fit/);
  });
});

describe('quantile', () => {
  it('interpolates between order statistics and leaves its argument alone', () => {
    const values = [4, 1, 3, 2];
    expect(quantile(values, 0.5)).toBe(2.5);
    expect(quantile(values, 0)).toBe(1);
    expect(quantile(values, 1)).toBe(4);
    expect(quantile(values, 0.25)).toBe(1.75);
    expect(values).toEqual([4, 1, 3, 2]);
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});
