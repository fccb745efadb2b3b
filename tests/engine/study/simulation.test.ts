import { describe, expect, it } from 'vitest';
import { Random } from '../../../main/engine/base/random.ts';
import {
  crossover,
  noneLost,
  simulate,
  type Model,
  type Outcome,
} from '../../../main/engine/study/generalisation/simulation.ts';

/** The model and the bands of an independent computation: two classes, 80 neurons each. */
const MODEL: Model = {
  classes: 2,
  neurons: 80,
  dimension: 1000,
  samples: 60,
  testSamples: 400,
  signal: 2.5,
  noise: 0.6,
  init: 0.01,
  lr: 0.05,
  stopAt: 0.01,
  maxIterations: 15_000,
};

async function outcomes(keep: number, seeds: readonly number[], model = MODEL): Promise<Outcome[]> {
  return Promise.all(
    seeds.map((seed) =>
      simulate(
        model,
        keep,
        (label) => Random.from(seed, label),
        async () => undefined,
      ),
    ),
  );
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('learning a feature or memorising noise', () => {
  it('foretells where noise is learned faster, and how probably a feature is lost', () => {
    expect(crossover(MODEL)).toBeCloseTo((30 * 6.25) / 360, 10);
    const expected = { 0.05: 0.9672, 0.02: 0.6422, 0.01: 0.3052, 0.004: 0.0752, 0.002: 0.0219 };
    for (const [p, probability] of Object.entries(expected))
      expect(noneLost(Number(p), MODEL)).toBeCloseTo(probability, 4);
  });

  it('trains the dense network to a loss near zero, and to guessing', { timeout: 60_000 }, async () => {
    const found = await outcomes(1, [1]);
    for (const { loss, iterations } of found) {
      expect(loss).toBeLessThanOrEqual(0.01);
      expect(iterations).toBeGreaterThan(35);
      expect(iterations).toBeLessThan(65);
    }
    expect(Math.abs(mean(found.map(({ accuracy }) => accuracy)) - 0.5)).toBeLessThan(0.1);
  });

  it.each([0.2, 0.1, 0.05])(
    'learns the feature with %f of the weights',
    { timeout: 60_000 },
    async (keep) => {
      const found = await outcomes(keep, [1]);
      for (const { loss } of found) expect(loss).toBeLessThanOrEqual(0.01);
      expect(mean(found.map(({ accuracy }) => accuracy))).toBeGreaterThan(0.95);
    },
  );

  it('memorises noise where every class has lost its feature', { timeout: 120_000 }, async () => {
    const found = await outcomes(0.004, [3, 4]);
    for (const { loss, lost, accuracy, featureAlignment } of found) {
      expect(loss).toBeLessThanOrEqual(0.01);
      expect(lost).toBe(2);
      expect(featureAlignment).toBe(0);
      expect(Math.abs(accuracy - 0.5)).toBeLessThan(0.1);
    }
  });

  it(
    'generalises densely once the feature is strong enough for p* to pass 1',
    { timeout: 60_000 },
    async () => {
      const strong = { ...MODEL, signal: MODEL.signal * 2 };
      expect(crossover(strong)).toBeGreaterThan(1);
      expect(mean((await outcomes(1, [1], strong)).map(({ accuracy }) => accuracy))).toBeGreaterThan(0.95);
    },
  );

  it('loses features as often as (1 - p)^m says', async () => {
    const small = { ...MODEL, neurons: 10, dimension: 4, samples: 4, testSamples: 10, maxIterations: 0 };
    const seeds = Array.from({ length: 2000 }, (_, i) => i);
    const whole = (await outcomes(0.2, seeds, small)).filter(({ lost }) => lost === 0).length;
    const expected = noneLost(0.2, small);
    // Four standard errors of a share of 2000.
    expect(Math.abs(whole / 2000 - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / 2000));
  });
});
