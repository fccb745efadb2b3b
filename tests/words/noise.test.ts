import { describe, expect, it } from 'vitest';
import { pairsOf } from '../../main/engine/evaluate/pairs.ts';
import { ClassificationMeter } from '../../main/engine/evaluate/classification.ts';
import { latencyDiffers, pairedChange, shareInterval, unpairedChange } from '../../main/words/noise.ts';

describe('latencyDiffers', () => {
  const latency = (median: number, p95: number, runs = 300) => ({
    median,
    p90: null,
    p95,
    batch: 1,
    threads: 1,
    runs,
  });

  it('calls a few percent noise, and a large difference between steady timings real', () => {
    expect(latencyDiffers(latency(1, 1.05), latency(0.97, 1.02))).toBe(false);
    expect(latencyDiffers(latency(1, 1.05), latency(0.5, 0.55))).toBe(true);
    expect(latencyDiffers(latency(0.5, 0.55), latency(1, 1.05))).toBe(true);
  });

  it('wants more evidence where single calls scatter', () => {
    expect(latencyDiffers(latency(1, 5, 10), latency(0.8, 5, 10))).toBe(false);
    expect(latencyDiffers(latency(1, 5, 100_000), latency(0.8, 5, 100_000))).toBe(true);
  });
});

describe('a change of accuracy on the same samples', () => {
  // Computed apart from the program.
  it('has the interval of Agresti and Min', () => {
    const { difference, low, high } = pairedChange({ lost: 80, gained: 14, samples: 2000 });
    expect(difference).toBe(-0.033);
    expect(low).toBeCloseTo(-0.0423994, 7);
    expect(high).toBeCloseTo(-0.0235346, 7);
  });

  it('is measurable only where the samples can tell it from none', () => {
    expect(pairedChange({ lost: 80, gained: 14, samples: 2000 }).measurable).toBe(true);
    expect(pairedChange({ lost: 11, gained: 7, samples: 2000 }).measurable).toBe(false);
    expect(pairedChange({ lost: 1, gained: 0, samples: 20 }).measurable).toBe(false);
    expect(pairedChange({ lost: 3, gained: 0, samples: 20 }).measurable).toBe(false);
    expect(pairedChange({ lost: 40, gained: 40, samples: 2000 }).measurable).toBe(false);
  });

  it('is wider where it is not known which samples changed', () => {
    const paired = pairedChange({ lost: 11, gained: 7, samples: 2000 });
    const unpaired = unpairedChange(0.9785, 0.9765, 2000);
    expect(unpaired.difference).toBeCloseTo(paired.difference, 12);
    expect(unpaired.high - unpaired.low).toBeGreaterThan(paired.high - paired.low);
    expect(unpairedChange(0.98, 0.97, 2).measurable).toBe(false);
    expect(unpairedChange(0.9785, 0.9475, 2000).measurable).toBe(true);
  });

  it('holds the true difference in about 95 of 100 draws', () => {
    // A small fixed generator: 2,000 draws of 200 samples, of which 8 % are lost and 4 % gained.
    let state = 12345;
    const uniform = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    let held = 0;
    for (let draw = 0; draw < 2000; draw++) {
      let [lost, gained] = [0, 0];
      for (let i = 0; i < 200; i++) {
        const u = uniform();
        if (u < 0.08) lost++;
        else if (u < 0.12) gained++;
      }
      const { low, high } = pairedChange({ lost, gained, samples: 200 });
      if (low <= -0.04 && -0.04 <= high) held++;
    }
    expect(held / 2000).toBeGreaterThan(0.93);
    expect(held / 2000).toBeLessThan(0.98);
  });
});

describe('pairs of answers', () => {
  const meter = (predictions: readonly number[], labels: readonly number[]) => {
    const made = new ClassificationMeter(3);
    predictions.forEach((prediction, i) => {
      const logits = new Float32Array(3);
      logits[prediction] = prediction === 2 && i === 4 ? NaN : 5;
      made.add(logits, [labels[i] ?? 0]);
    });
    return made.result();
  };
  const labels = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1];

  it('counts the samples that only one of two networks gets right', () => {
    const before = meter([0, 1, 2, 0, 1, 2, 0, 1, 2, 1, 1], labels);
    const after = meter([0, 2, 2, 0, 2, 2, 1, 1, 2, 0, 1], labels);
    expect(pairsOf(before, after)).toEqual({ lost: 3, gained: 1, samples: 11 });
    expect((before.accuracy - after.accuracy) * 11).toBeCloseTo(2, 12);
    expect(() => pairsOf(before, meter([0], [0]))).toThrow(RangeError);
  });
});

describe('the interval of one share', () => {
  it("is Wilson's: its ends are where the share lies 1.96 standard errors away", () => {
    for (const [share, samples] of [
      [0.9765, 2000],
      [0.5, 10],
      [0.02, 50],
    ] as const) {
      const { low, high } = shareInterval(share, samples);
      for (const end of [low, high])
        expect(Math.abs(share - end) / Math.sqrt((end * (1 - end)) / samples)).toBeCloseTo(1.96, 9);
      expect(low).toBeLessThan(share);
      expect(high).toBeGreaterThan(share);
    }
  });

  it('stays between none and all, and is never a point', () => {
    expect(shareInterval(1, 100)).toMatchObject({
      low: expect.closeTo(0.963, 3) as number,
      high: expect.closeTo(1, 12) as number,
    });
    expect(shareInterval(0, 100)).toMatchObject({
      low: expect.closeTo(0, 12) as number,
      high: expect.closeTo(0.037, 3) as number,
    });
  });
});
