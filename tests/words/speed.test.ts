import { describe, expect, it } from 'vitest';
import type { GroupWidths, SpeedForecast } from '../../main/contract/speed.ts';
import { speedSentences, widthsWords } from '../../main/words/speed.ts';

const nothing = { processor: 'A processor', batch: 1, speeds: [], missing: [], gains: [], cost: null };
const group = (name: string, step: number | null): GroupWidths => ({
  ...{ name, units: 64, ms: 0.1, step },
  widths: [16, 32, 48, 64].map((width) => ({ width, time: { median: width / 64, low: 0, high: 1 } })),
});
const told = (groups: GroupWidths[]): string[] => {
  const stairs: SpeedForecast['stairs'] = { target: 'onnxruntime', groups };
  return speedSentences({ ...nothing, stairs });
};

describe('steps of widths in words', () => {
  it('say how many groups have them, and which have none that can be told', () => {
    expect(told([group('a', 16), group('b', 16), group('c', null), group('d', 8)])).toEqual([
      'In onnxruntime widths make steps of 16 channels in 2, of 8 channels in 1 of 4 groups: one channel past a step costs as much as the next whole one. None can be told in c.',
    ]);
    expect(told([group('a', null), group('b', null)])).toEqual([
      'Widths make no steps that can be told in onnxruntime.',
    ]);
  });

  it('say nothing where nothing was measured', () => {
    expect(told([])).toEqual([]);
    expect(speedSentences({ ...nothing, stairs: null })).toEqual([]);
  });

  it('have the widths with their times, of many some, and always the whole one', () => {
    const { widths } = group('a', 16);
    expect(widthsWords(widths, 8)).toBe('16 (25 %), 32 (50 %), 48 (75 %), 64');
    expect(widthsWords(widths, 2)).toBe('32 (50 %), 64');
  });
});
