import type { Promised } from '../contract/amount.ts';
import {
  formatDuration,
  formatMs,
  formatPercent,
  formatShare,
  formatBytes,
  formatCount,
  pointsInWords,
} from './format.ts';
import { thingsOf } from './amounts.ts';

/** A promise is kept by an amount that is at most this share above what was asked for. */
const NEAR = 0.02;

/** One promise of a budget as every table shows it. */
export interface PromiseRow {
  readonly label: string;
  readonly before: string;
  readonly asked: string;
  readonly measured: string;
  readonly kept: boolean;
  /** 'kept'; 'kept within 2 %'; 'missed by 12 %'; 'not told: …'. */
  readonly verdict: string;
}

/** Whether a promise was kept; of a time, whether what was measured can be told from it. */
function isKept({ kind, asked, after, spread }: Promised): boolean {
  if (kind === 'accuracyDrop' || kind === 'time') return after <= asked;
  return Math.min(after, spread?.[0] ?? after) <= asked * (1 + NEAR);
}

/** Whether a time was measured so coarsely that it may as well be what it was before. */
export const mayBeAsBefore = ({ before, spread }: Promised): boolean =>
  spread !== undefined && spread[1] >= before;

/** Whether a time may be what was asked for and may as well be what it was before: then nothing is told of the promise. */
function isUntold(promise: Promised): boolean {
  return mayBeAsBefore(promise) && (promise.spread?.[0] ?? Infinity) <= promise.asked;
}

export function promiseRows(promises: readonly Promised[]): PromiseRow[] {
  return promises.map((promise) => {
    const { kind, before, asked, after, spread, of } = promise;
    const untold = isUntold(promise);
    const kept = isKept(promise) && !untold;
    const measured = amount(kind, after);
    const [low, high] = spread ?? [];
    return {
      label: `${labelOf(kind)}${of === undefined ? '' : ` (${of})`}`,
      before: kind === 'time' ? '–' : kind === 'accuracyDrop' ? formatPercent(before) : amount(kind, before),
      asked: `at most ${amount(kind, asked)}`,
      measured:
        low === undefined || high === undefined
          ? measured
          : `${measured} (${formatMs(low)} to ${formatMs(high)})`,
      kept,
      verdict: untold ? 'not told: the clock wandered too much' : kept ? keptWords(promise) : missed(promise),
    };
  });
}

/** By how much at the most it was missed where it counts as kept all the same. */
function keptWords({ kind, asked, after }: Promised): string {
  // A share of a count is seldom a whole number: what reads alike is kept.
  if (after <= asked || amount(kind, after) === amount(kind, asked)) return 'kept';
  return after <= asked * (1 + NEAR) ? `kept within ${formatShare(NEAR)}` : 'kept within its spread';
}

function missed({ kind, asked, after }: Promised): string {
  if (kind === 'accuracyDrop') return `missed by ${pointsInWords(after - asked)}`;
  return `missed by ${formatShare(after / asked - 1)}`;
}

function labelOf(kind: Promised['kind']): string {
  if (kind === 'accuracyDrop') return 'Lost on validation';
  if (kind === 'time') return 'Time of the run';
  const things = thingsOf(kind);
  return things.charAt(0).toUpperCase() + things.slice(1);
}

function amount(kind: Promised['kind'], value: number): string {
  if (kind === 'accuracyDrop') return value < 0 ? `${pointsInWords(value)} gained` : pointsInWords(value);
  if (kind === 'time') return formatDuration(value);
  if (kind === 'latency') return formatMs(value);
  return kind === 'bytes' || kind === 'memory' ? formatBytes(value) : formatCount(value);
}
