import { describe, expect, it } from 'vitest';
import { stepsOf, widthsToTime } from '../../../main/engine/speed/steps.ts';

/** Times of a machine that computes so many channels at once, and takes some time for the call. */
const blocks = (step: number, units: number, call = 0) =>
  widthsToTime(units).map((width) => ({ width, time: call + Math.ceil(width / step) }));

describe('steps of a width', () => {
  it.each([4, 8, 16, 32])('are found where %i channels are computed at once', (step) => {
    const { step: found, edges } = stepsOf(blocks(step, 64));
    expect(found).toBe(step);
    // Below a multiple nothing is gained before the next one.
    expect(edges).toEqual(Array.from({ length: 64 / step }, (_, i) => (i + 1) * step));
  });

  it.each([4, 16, 64])(
    'of %i are edges of single ones, too, where only every so manieth is timed',
    (step) => {
      const { edges } = stepsOf(blocks(step, 512));
      expect(edges.length).toBeGreaterThan(3);
      for (const width of edges) expect(width % step).toBe(0);
    },
  );

  it('are found under a time that no width saves', () => {
    expect(stepsOf(blocks(16, 64, 3))).toEqual({ step: 16, edges: [16, 32, 48, 64] });
  });

  it('are found where single widths are slow besides', () => {
    const times = blocks(16, 64).map(({ width, time }) => ({
      width,
      time: width === 63 ? time * 1.4 : time,
    }));
    expect(stepsOf(times)).toEqual({ step: 16, edges: [16, 32, 48, 64] });
  });

  it('have the whole width as their last edge, at a step or not', () => {
    expect(stepsOf(blocks(16, 60)).edges).toEqual([16, 32, 48, 60]);
  });

  it('are none where time grows with every channel: worth having is what saves some', () => {
    const times = widthsToTime(32).map((width) => ({ width, time: width }));
    const { step, edges } = stepsOf(times);
    expect(step).toBeNull();
    expect(edges.at(-1)).toBe(32);
    edges.slice(1).forEach((width, i) => expect(edges[i]).toBeLessThanOrEqual(0.95 * width));
  });

  it('are none where no width makes a difference', () => {
    const times = widthsToTime(48).map((width) => ({ width, time: 1 }));
    expect(stepsOf(times)).toEqual({ step: null, edges: [48] });
  });

  it('are told through noise of a few hundredths', () => {
    let state = 1;
    const noise = () => ((state = (state * 16_807) % 2_147_483_647) / 2_147_483_647 - 0.5) * 0.04;
    for (let i = 0; i < 20; i++) {
      const times = blocks(16, 64).map(({ width, time }) => ({ width, time: time * (1 + noise()) }));
      expect(stepsOf(times)).toEqual({ step: 16, edges: [16, 32, 48, 64] });
    }
  });
});

describe('widths to time', () => {
  it('are all of a few, and of many those at multiples with the next ones', () => {
    expect(widthsToTime(20)).toHaveLength(20);
    expect(widthsToTime(64).slice(0, 5)).toEqual([4, 5, 8, 9, 12]);
    for (const units of [33, 64, 100, 256, 500, 2048]) {
      const widths = widthsToTime(units);
      expect(widths.length).toBeLessThanOrEqual(34);
      expect(widths.at(-1)).toBe(units);
      expect(widths).toEqual(widths.toSorted((a, b) => a - b));
    }
  });
});
