import { describe, expect, it } from 'vitest';
import { cubic } from '../../../main/engine/compress/schedules/cubic.ts';
import { schedules } from '../../../main/engine/compress/schedules/index.ts';
import { iterative } from '../../../main/engine/compress/schedules/iterative.ts';

describe('sparsity schedules', () => {
  it('the cubic one follows Zhu and Gupta from 0 to 0.9 in ten steps', () => {
    const published = [0.2439, 0.4392, 0.5913, 0.7056, 0.7875, 0.8424, 0.8757, 0.8928, 0.8991, 0.9];
    cubic.targets(0.9, 10).forEach((value, i) => expect(value).toBeCloseTo(published[i] as number, 5));
  });

  it('the iterative one keeps the same share in every round', () => {
    const densities = [1, ...iterative.targets(0.9, 5).map((s) => 1 - s)];
    const shares = densities.slice(1).map((d, i) => d / (densities[i] as number));
    for (const share of shares) expect(share).toBeCloseTo(0.1 ** (1 / 5), 10);
  });

  it.each(schedules.items.map((s) => [s.id, s] as const))(
    '%s rises to the target exactly',
    (_id, schedule) => {
      for (const target of [0, 0.5, 0.987]) {
        for (const events of [1, 2, 7, 50]) {
          const targets = schedule.targets(target, events);
          expect(targets.at(-1)).toBe(target);
          targets.slice(1).forEach((value, i) => expect(value).toBeGreaterThanOrEqual(targets[i] as number));
        }
      }
    },
  );
});
