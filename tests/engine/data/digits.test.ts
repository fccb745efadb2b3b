import { describe, expect, it } from 'vitest';
import { batches } from '../../../main/engine/data/batches.ts';
import { countClasses } from '../../../main/engine/data/labels.ts';
import { load, samplesOf } from './support.ts';

const small = { kind: 'digits', train: 600, validation: 100, test: 205 };

describe('built-in digits', () => {
  it('are the same for a seed and others for another', async () => {
    const [a, b, c] = await Promise.all([load('/', small, 7), load('/', small, 7), load('/', small, 8)]);
    expect(b.fingerprint).toBe(a.fingerprint);
    expect(b.train.values).toEqual(a.train.values);
    expect(c.fingerprint).not.toBe(a.fingerprint);
  });

  it("take the data's own seed before the run's", async () => {
    const a = await load('/', { ...small, seed: 3 }, 7);
    expect((await load('/', { ...small, seed: 3 }, 8)).fingerprint).toBe(a.fingerprint);
    expect((await load('/', small, 3)).fingerprint).toBe(a.fingerprint);
  });

  it('have every class equally often, to within one', async () => {
    const { train, validation, test } = await load('/', small);
    expect(countClasses(train.labels, 10)).toEqual(new Array(10).fill(60));
    expect(countClasses(validation.labels, 10)).toEqual(new Array(10).fill(10));
    const counts = countClasses(test.labels, 10);
    expect(Math.max(...counts) - Math.min(...counts)).toBe(1);
  });

  it('are all different, within and across the splits', async () => {
    const { train, validation, test } = await load('/', small);
    const all = [train, validation, test].flatMap(samplesOf);
    expect(new Set(all).size).toBe(905);
  });

  it('have ink in the middle and little at the border', async () => {
    const { train } = await load('/', { ...small, train: 300 });
    let border = 0;
    let middle = 0;
    for (let n = 0; n < train.size; n++) {
      for (let i = 0; i < 28; i++) {
        border += train.values[n * 784 + i] ?? 0;
        middle += train.values[n * 784 + 14 * 28 + i] ?? 0;
      }
    }
    expect(middle).toBeGreaterThan(5 * border);
  });

  it('are normalised to mean 0 and variance 1 over the training part', async () => {
    const dataset = await load('/', small);
    let sum = 0;
    let squares = 0;
    for (const { x } of batches(dataset.train, dataset, { batchSize: 100, order: 'sequential' })) {
      for (const value of x) {
        sum += value;
        squares += value * value;
      }
    }
    const count = 600 * 784;
    expect(sum / count).toBeCloseTo(0, 4);
    expect(squares / count).toBeCloseTo(1, 4);
  });

  it('are neither trivial nor hopeless: nearest class mean is right for 50 to 90 %', async () => {
    const { train, test } = await load('/', { kind: 'digits', train: 2000, validation: 0, test: 500 });
    const means = Array.from({ length: 10 }, () => new Float64Array(784));
    train.labels.forEach((label, n) => {
      means[label]?.forEach((old, i, mean) => (mean[i] = old + (train.values[n * 784 + i] ?? 0) / 200));
    });
    let right = 0;
    test.labels.forEach((label, n) => {
      const distances = means.map((mean) =>
        mean.reduce((sum, value, i) => sum + (value - (test.values[n * 784 + i] ?? 0)) ** 2, 0),
      );
      if (distances.indexOf(Math.min(...distances)) === label) right++;
    });
    expect(right / 500).toBeGreaterThan(0.5);
    expect(right / 500).toBeLessThan(0.9);
  });

  it('stop when they are told to', async () => {
    const { loadDataset } = await import('../../../main/engine/data/load.ts');
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(loadDataset('digits', { seed: 1, baseFolder: '/', signal })).rejects.toThrow('enough');
  });
});
