import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { searchMethodSchema } from '../../../main/contract/search.ts';
import { useBackend } from '../compress/support.ts';
import { LIMIT, MULTIPLIER, OPTIMUM, toyReward, toyTrial } from './toy.ts';

const backend = useBackend('onnxruntime');
const best = toyReward(OPTIMUM).accuracy;
const uniform = toyReward([LIMIT, LIMIT]).accuracy;

describe('the toy with a known optimum', () => {
  it('has the optimum of its closed form', () => {
    expect(OPTIMUM[0]).toBeCloseTo(0.722222, 6);
    expect(OPTIMUM[1]).toBeCloseTo(0.444444, 6);
    expect(MULTIPLIER).toBeCloseTo(2.777778, 6);
    expect(best).toBeCloseTo(-0.694444, 5);
    // Along the budget it falls to both sides.
    for (let step = 0.01; step <= 0.05; step += 0.01) {
      for (const by of [step, -step]) {
        const moved = [(OPTIMUM[0] ?? 0) + 4 * by, (OPTIMUM[1] ?? 0) - by];
        expect(toyReward(moved).accuracy).toBeLessThan(best);
      }
    }
  });

  it.each([1, 2, 3, 4])("constrained RL's policy ends within 5 % of it (seed %i)", async (seed) => {
    const { last, saved } = await toyTrial('constrained-rl', backend(), 10_000, seed);
    OPTIMUM.forEach((ratio, l) => expect(Math.abs((last[l] ?? 0) / ratio - 1)).toBeLessThan(0.05));
    const { lambda } = z.object({ lambda: z.number() }).parse(saved.json);
    expect(Math.abs(lambda / MULTIPLIER - 1)).toBeLessThan(0.05);
  });

  it('is better found by every rival than by uniform widths, with as few evaluations for all', async () => {
    const rivals = searchMethodSchema.options.filter((method) => method !== 'uniform');
    for (const method of rivals) {
      const { trial } = await toyTrial(method, backend(), 60, 1);
      expect(trial.tried.length, method).toBeLessThanOrEqual(60);
      expect(trial.best?.share, method).toBeLessThanOrEqual(LIMIT + 1e-12);
      expect(trial.best?.accuracy, method).toBeGreaterThan(uniform);
      expect(trial.best?.accuracy, method).toBeLessThanOrEqual(best + 1e-9);
    }
    const { trial } = await toyTrial('uniform', backend(), 60, 1);
    expect(trial.best).toMatchObject({ counts: [5000, 5000], accuracy: uniform });
  });
});
