import { formatNumber, formatPercent } from '../../../words/format.ts';
import { changeBetween, packed, placesOf, type MaskChange } from '../../compress/mask-change.ts';
import type { MaskSet } from '../../network/graph.ts';
import { record, type RunContext } from '../context.ts';
import { find } from './warnings.ts';

/**
 * Follows the masks that one pruning makes round by round: how far each is from the one before goes into the curves, and, where
 * pruned weights came back, into the log.
 */
export class Rounds {
  private readonly context: RunContext;
  private readonly count: number;
  private before: Uint8Array | undefined;
  private round = 0;
  private readonly changes: MaskChange[] = [];

  constructor(context: RunContext, count: number) {
    this.context = context;
    this.count = count;
  }

  take(masks: MaskSet): void {
    this.round++;
    const bits = packed(masks);
    const { before } = this;
    this.before = bits;
    if (before === undefined) return;
    const change = changeBetween(before, bits, placesOf(masks));
    this.changes.push(change);
    const { jaccard, overlap } = change;
    record(this.context, 0, { 'mask/jaccard': jaccard, 'mask/overlap': overlap }, this.round);
    if (overlap === 1) return;
    this.context.emit({
      type: 'log',
      level: 'info',
      text: `Round ${this.round} of ${this.count}: ${formatPercent(overlap, 1)} of the mask was in the one before, Jaccard distance ${formatNumber(jaccard)}.`,
    });
  }

  /** What the rounds came to; nothing of a single one. */
  tell(): void {
    if (this.changes.length === 0) return;
    const jaccard = rangeOf(this.changes.map((change) => change.jaccard));
    const overlap = rangeOf(this.changes.map((change) => change.overlap));
    const distances = `Jaccard distances from round to round ${between(jaccard, formatNumber)}`;
    find(
      this.context,
      overlap[0] === 1
        ? `Each of the ${this.count} rounds only took away from the mask before; ${distances}.`
        : `Of the mask of each of the ${this.count} rounds, ${between(overlap, (share) => formatPercent(share, 1))} was in the one before; ${distances}.`,
    );
  }
}

function rangeOf(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

function between([low, high]: readonly [number, number], words: (value: number) => string): string {
  return low === high ? words(low) : `${words(low)} to ${words(high)}`;
}
