import type { Latency } from '../contract/report.ts';
import { formatMs, formatPoints, formatPointsRange, formatRatio } from './format.ts';
import { latencyDiffers, type ShareChange } from './noise.ts';

/** How something changed, and whether that is for the better; null when it is neither, or within noise. */
export interface Change {
  readonly text: string;
  readonly better: boolean | null;
  /** Where the true change lies with 95 % confidence, where it is known from samples. */
  readonly interval?: string;
}

/** Where there is nothing to compare with, or a comparison would mislead. */
export const NONE: Change = { text: '', better: null };

/** How an amount of which less is better changed: '4.6× smaller', 'same', '2.0× larger'. Amounts have no noise. */
export function amountChange(before: number, after: number, less = 'smaller', more = 'larger'): Change {
  if (before === after) return { text: 'same', better: null };
  if (after === 0) return { text: 'all gone', better: true };
  if (before === 0) return { text: 'from none', better: false };
  const ratio = before / after;
  const factor = formatRatio(Math.max(ratio, 1 / ratio));
  if (factor === '1.0') return { text: 'same', better: null };
  return { text: `${factor}× ${ratio > 1 ? less : more}`, better: ratio > 1 };
}

/** How a time changed, where it did by more than its noise: '1.5× faster', 'within noise'. */
export function speedChange(before: Latency, after: Latency): Change {
  if (!latencyDiffers(before, after)) return { text: 'within noise', better: null };
  const ratio = before.median / after.median;
  return {
    text: `${formatRatio(Math.max(ratio, 1 / ratio))}× ${ratio > 1 ? 'faster' : 'slower'}`,
    better: ratio > 1,
  };
}

/** A time beside another: '0.0142 ms, 1.5× faster'. */
export function timeBeside(before: Latency, after: Latency): string {
  return `${formatMs(after.median)}, ${speedChange(before, after).text}`;
}

/** How a share of samples changed: judged only where the samples can tell the change from none. */
export function shareChange(change: ShareChange | null): Change {
  if (change === null) return NONE;
  const { difference, low, high, measurable } = change;
  const interval = `${formatPointsRange(low, high)} at 95 %`;
  if (difference === 0) return { text: 'same', better: null, interval };
  return {
    text: `${formatPoints(difference)}${measurable ? '' : ', within noise'}`,
    better: measurable ? difference > 0 : null,
    interval,
  };
}
