import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '../../../main/engine/gradients/index.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { advantagesOf, standardised } from '../../../main/engine/search/rl/advantages.ts';
import { multiplierAfter } from '../../../main/engine/search/rl/multiplier.ts';
import { Observations } from '../../../main/engine/search/rl/observations.ts';
import { ratiosOf, surrogate } from '../../../main/engine/search/rl/ppo.ts';
import { walled } from '../../../main/engine/search/rl/wall.ts';
import { spaceOf, drawnSpace } from './spaces.ts';

const drawn = (random: Random, length: number) => Array.from({ length }, () => random.normal());

describe('advantages', () => {
  it('are the sums that define them', () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = Random.from(seed, 'gae');
      const length = 1 + random.int(12);
      const [rewards, values] = [drawn(random, length), drawn(random, length)];
      const [gamma, lambda] = [0.5 + random.float() / 2, random.float()];
      const delta = (t: number) =>
        (rewards[t] ?? 0) + gamma * (t + 1 < length ? (values[t + 1] ?? 0) : 0) - (values[t] ?? 0);
      advantagesOf(rewards, values, gamma, lambda).forEach((advantage, t) => {
        let sum = 0;
        for (let k = 0; t + k < length; k++) sum += (gamma * lambda) ** k * delta(t + k);
        expect(advantage, `seed ${seed}`).toBeCloseTo(sum, 10);
      });
    }
  });

  it('are what came less what was expected where lambda and gamma are 1, and the error of a step where lambda is 0', () => {
    const [rewards, values] = [
      [0, 0, 3],
      [1, 2, 0.5],
    ];
    expect(advantagesOf(rewards, values, 1, 1)).toEqual([2, 1, 2.5]);
    expect(advantagesOf(rewards, values, 1, 0)).toEqual([1, -1.5, 2.5]);
  });

  it('are standardised to mean 0 and deviation 1; equal ones are 0', () => {
    const values = standardised(drawn(Random.from(1, 'standard'), 40));
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 9);
    expect(values.reduce((sum, value) => sum + value ** 2, 0) / 40).toBeCloseTo(1, 6);
    expect(standardised([2, 2, 2])).toEqual([0, 0, 0]);
  });
});

describe('the clipped surrogate', () => {
  const [ratios, advantages] = [
    [0.5, 0.9, 1, 1.1, 1.5, 0.5, 0.9, 1.1, 1.5],
    [2, 2, 2, 2, 2, -1, -1, -1, -1],
  ];
  const value = (q: readonly number[]) =>
    tf.tidy(() => surrogate(tf.tensor1d([...q]), tf.tensor1d(advantages)).dataSync()[0] ?? NaN);

  it('has the gradient of its formula: none where a ratio is beyond the clip on the side that its advantage pulls to', () => {
    const gradient = tf.tidy(() => [
      ...tf
        .grad((q: tf.Tensor) => surrogate(q, tf.tensor1d(advantages)))(tf.tensor1d(ratios))
        .dataSync(),
    ]);
    ratios.forEach((q, i) => {
      const a = advantages[i] ?? 0;
      const flat = (a > 0 && q > 1.2) || (a < 0 && q < 0.8);
      expect(gradient[i], `ratio ${q}, advantage ${a}`).toBeCloseTo(flat ? 0 : a / ratios.length, 6);
      const [up, down] = [0.01, -0.01].map((by) => value(ratios.with(i, q + by)));
      expect(((up ?? 0) - (down ?? 0)) / 0.02).toBeCloseTo(gradient[i] ?? NaN, 3);
    });
  });

  it('goes by how much likelier a normal policy makes what was done', () => {
    const [action, before, now, deviation] = [0.7, 0.2, 0.5, 0.4];
    const density = (mean: number) => Math.exp(-((action - mean) ** 2) / (2 * deviation ** 2));
    const [x, m, b, s] = [action, now, before, deviation].map((number) => tf.tensor1d([number]));
    const found = ratiosOf(x as tf.Tensor, m as tf.Tensor, b as tf.Tensor, s as tf.Tensor).dataSync()[0];
    expect(found).toBeCloseTo(density(now) / density(before), 5);
  });
});

describe('the multiplier', () => {
  it('rises while the constraint is broken, falls while it is kept, and is never negative', () => {
    expect(multiplierAfter(1, 0.7, 0.5, 0.3)).toBeCloseTo(1.06, 12);
    expect(multiplierAfter(1, 0.3, 0.5, 0.3)).toBeCloseTo(0.94, 12);
    expect(multiplierAfter(1, 0.5, 0.5, 0.3)).toBe(1);
    expect(multiplierAfter(0.01, 0, 1, 0.3)).toBe(0);
  });

  it('finds the price of a constraint on a quadratic: argmax -(1-k)^2 - lambda k has k = 1/2 at lambda = 1', () => {
    let lambda = 0;
    for (let step = 0; step < 200; step++) {
      const best = 1 - lambda / 2;
      lambda = multiplierAfter(lambda, best, 0.5, 0.3);
    }
    expect(lambda).toBeCloseTo(1, 6);
  });
});

describe('the action wall', () => {
  it('keeps the budget within reach whatever is wanted, and lets through what fits', () => {
    for (let seed = 0; seed < 100; seed++) {
      const random = Random.from(seed, 'wall');
      const space = drawnSpace(random);
      const least = space.least();
      if (!space.fits(least)) continue;
      const counts: number[] = [];
      for (const [g, { units }] of space.groups.entries()) {
        const wanted = random.int(units + 1);
        const width = walled(space, counts, wanted, least);
        const rest = least.slice(g + 1);
        expect(width).toBeGreaterThanOrEqual(least[g] ?? 1);
        expect(width).toBeLessThanOrEqual(Math.max(wanted, least[g] ?? 1));
        expect(space.fits([...counts, width, ...rest]), `seed ${seed}`).toBe(true);
        if (width < wanted) expect(space.fits([...counts, width + 1, ...rest])).toBe(false);
        counts.push(width);
      }
      expect(space.fits(counts)).toBe(true);
    }
  });
});

describe('what a policy sees', () => {
  it('is scaled over the groups, without columns in which all are alike, and tells what was kept so far', () => {
    const space = spaceOf([{ units: 10 }, { units: 10 }, { units: 40 }], 0.5);
    const observations = new Observations(space);
    const first = observations.at(0, []);
    expect(first).toHaveLength(observations.size);
    // Place, logarithm of the units, what it could save; kept so far, to come, last ratio.
    expect(first).toEqual([0, 0, 0, 0, expect.closeTo(1, 12), 1]);
    const last = observations.at(2, [0.5, 1]);
    expect(last.slice(0, 3)).toEqual([1, 1, 1]);
    const saved = [9, 9, 39].map((units) => units / 57);
    expect(last[3]).toBeCloseTo(0.5 * (saved[0] ?? 0) + (saved[1] ?? 0), 12);
    expect(last[4]).toBeCloseTo(saved[2] ?? 0, 12);
    expect(last[5]).toBe(1);
  });
});
