import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatLeft,
  formatLarge,
  formatMs,
  formatNumber,
  formatPercent,
  formatPlural,
  formatPoints,
  formatShape,
  formatShare,
  formatSpeed,
  formatWhen,
} from '../../renderer/text/format.ts';

/** Spaces inside a figure do not break a line. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('figures for people', () => {
  it.each([
    [formatCount(266_610), '266,610'],
    [formatCount(-1_234), '−1,234'],
    [formatLarge(9_999), '9,999'],
    [formatLarge(266_200), '266 k'],
    [formatLarge(40_551_040), '40.6 M'],
    [formatLarge(1_190_000), '1.19 M'],
    [formatBytes(0), '0 B'],
    [formatBytes(999_600), '1.00 MB'],
    [formatBytes(4_551), '4.55 kB'],
    [formatBytes(1_067_912), '1.07 MB'],
    [formatBytes(2_500_000_000_000_000), '2.50 PB'],
    [formatPercent(0.9, 1), '90.0 %'],
    [formatPercent(0.97654), '97.65 %'],
    [formatShare(0.9), '90 %'],
    [formatShare(0.985), '98.5 %'],
    [formatShare(0.9999), '99.99 %'],
    [formatPoints(-0.002), '−0.20 points'],
    [formatPoints(0.0049), '+0.49 points'],
    [formatPoints(-0.0000001), '0.00 points'],
    [formatLeft(0.44), '1 s'],
    [formatLeft(61.6), '1 min 2 s'],
    [formatLeft(323), '5 min 20 s'],
    [formatLeft(2129), '35 min'],
    [formatLeft(3 * 3600 + 320), '3 h 10 min'],
    [formatDuration(0.44), '0.4 s'],
    [formatDuration(48.4), '48 s'],
    [formatDuration(59.6), '1 min'],
    [formatDuration(200), '3 min 20 s'],
    [formatDuration(7500), '2 h 5 min'],
    [formatMs(0.0412), '0.0412 ms'],
    [formatMs(312.4), '312 ms'],
    [formatSpeed(184.2), '184 GFLOP/s'],
    [formatSpeed(0.0234), '0.023 GFLOP/s'],
    [formatNumber(0.0666512), '0.06665'],
    [formatNumber(0), '0'],
    [formatShape([1, 28, 28]), '1 × 28 × 28'],
    [formatPlural(1, 'run'), '1 run'],
    [formatPlural(1200, 'run'), '1,200 runs'],
  ])('%s reads %s', (shown, wanted) => {
    expect(plain(shown)).toBe(wanted);
  });

  it('tells a moment relative to now while it is near', () => {
    const now = Date.parse('2026-03-02T12:00:00Z');
    const ago = (seconds: number) => plain(formatWhen(new Date(now - seconds * 1000).toISOString(), now));
    expect(ago(20)).toBe('just now');
    expect(ago(125)).toBe('2 min ago');
    expect(ago(3 * 3600 + 5)).toBe('3 h ago');
    expect(ago(10 * 86_400)).toBe('20 Feb');
    expect(formatWhen('no date')).toBe('no date');
  });
});
