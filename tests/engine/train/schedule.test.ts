import { describe, expect, it } from 'vitest';
import { trainSpecSchema } from '../../../main/contract/recipe.ts';
import { learningRate } from '../../../main/engine/train/schedule.ts';

const spec = (input: object) => trainSpecSchema.parse({ epochs: 10, lr: 0.4, ...input });

describe('learning rate', () => {
  it('stays where it is, or falls by gamma at the milestones', () => {
    expect(learningRate(spec({ schedule: 'constant' }), 99, 100)).toBe(0.4);
    const step = spec({ schedule: 'step', milestones: [0.5, 0.75], gamma: 0.1 });
    expect([0, 49, 50, 74, 75, 99].map((done) => learningRate(step, done, 100))).toEqual(
      [0.4, 0.4, 0.04, 0.04, 0.004, 0.004].map((value) => expect.closeTo(value, 10) as number),
    );
  });

  it('follows half a cosine: the peak, half of it midway, nearly zero at the end', () => {
    const cosine = spec({ schedule: 'cosine' });
    expect(learningRate(cosine, 0, 100)).toBeCloseTo(0.4, 10);
    expect(learningRate(cosine, 50, 100)).toBeCloseTo(0.2, 10);
    expect(learningRate(cosine, 99, 100)).toBeLessThan(0.001);
  });

  it('warms up linearly to the peak', () => {
    const warm = spec({ schedule: 'cosine', warmup: 2 });
    expect(learningRate(warm, 0, 100)).toBeCloseTo(0.4 / 20, 10);
    expect(learningRate(warm, 9, 100)).toBeCloseTo(0.2, 10);
    expect(learningRate(warm, 20, 100)).toBeCloseTo(0.4, 10);
  });
});
