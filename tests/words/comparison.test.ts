import { describe, expect, it } from 'vitest';
import { comparisons } from '../../main/words/comparison.ts';
import { compressedSide, samplePairs, side } from '../engine/report/sample.ts';

const rows = (f1: { dense: number; compressed: number }) =>
  comparisons({
    original: null,
    dense: side({ f1: { micro: f1.dense, macro: 0.5 } }),
    compressed: compressedSide({ f1: { micro: f1.compressed, macro: 0.5 } }),
    pairs: samplePairs,
    data: { test: 2000 },
  });
const changeOf = (label: string, f1: { dense: number; compressed: number }) =>
  rows(f1).find((row) => row.label === label)?.change;

describe('the table of before and after', () => {
  it('gives the change of F1 in points, once', () => {
    expect(changeOf('F1, micro', { dense: 0.8603, compressed: 0.8226 })).toBe('\u22123.77 points');
    expect(changeOf('F1, micro', { dense: 0.8226, compressed: 0.8603 })).toBe('+3.77 points');
  });

  it('calls what two decimals do not show the same', () => {
    expect(changeOf('F1, micro', { dense: 0.8226, compressed: 0.82264 })).toBe('same');
    expect(changeOf('F1, macro', { dense: 0.8603, compressed: 0.8226 })).toBe('same');
  });

  it('calls the share of samples with all classes right an exact match', () => {
    expect(rows({ dense: 0.9, compressed: 0.9 }).map((row) => row.label)).toContain('Exact match');
  });
});
