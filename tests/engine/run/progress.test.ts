import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../main/contract/run.ts';
import { ProgressMeter } from '../../../main/engine/run/progress.ts';

function meter(total: number): { progress: ProgressMeter; last: () => Progress } {
  const sent: Progress[] = [];
  const progress = new ProgressMeter(total, (message) => sent.push(message));
  return {
    progress,
    last: () => sent.at(-1) as Progress,
  };
}

describe('progress', () => {
  it('estimates from the steps, not from the first one that compiles', () => {
    const { progress, last } = meter(1000);
    progress.step(10, 64);
    for (let i = 0; i < 99; i++) progress.step(0.01, 64);
    progress.report(0, 0.5, 100, true);
    expect(last().etaSeconds).toBeCloseTo(9, 5);
    expect(last().samplesPerSecond).toBeCloseTo(6400, 3);
    expect(last().fraction).toBeCloseTo(0.1, 10);
  });

  it('is hardly moved by one slow step, and follows when all become slow', () => {
    const { progress, last } = meter(10_000);
    for (let i = 0; i < 500; i++) progress.step(0.01, 64);
    progress.step(0.1, 64);
    progress.report(0, 1, 501, true);
    expect((last().etaSeconds ?? 0) / (0.01 * 9499)).toBeLessThan(1.25);
    for (let i = 0; i < 500; i++) progress.step(0.04, 64);
    progress.report(0, 2, 1001, true);
    expect((last().etaSeconds ?? 0) / (0.04 * 8999)).toBeGreaterThan(0.9);
  });

  it('knows nothing before it has measured, and drops messages that come too fast', () => {
    const { progress, last } = meter(10);
    progress.report(0, 0, 0, true);
    expect(last().etaSeconds).toBeNull();
    const before = last();
    progress.report(0, 0, 1);
    expect(last()).toBe(before);
  });
});
