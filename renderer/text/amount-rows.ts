import type { AmountKind } from '../../main/contract/amount.ts';
import type { Cost, TargetSpeed } from '../../main/contract/speed.ts';
import { targetFacts } from '../../main/contract/targets.ts';
import { amountChange } from '../../main/words/change.ts';
import { fasterWords, rangeWords } from '../../main/words/speed.ts';
import { estimateBudget } from './estimate.ts';
import { formatBytes, formatCount, formatDuration, formatMs } from './format.ts';

/** How much of a thing there is now and will be; empty where there is nothing to tell. */
export interface AmountRow {
  readonly label: string;
  readonly before: string;
  readonly after: string;
  readonly change: string;
  /** It is of what was chosen before. */
  readonly old?: boolean;
}

/** What a sparsity of single weights comes to. @param sparsity share of the prunable weights, 0..1 */
export function zerosRows(parameters: number, prunable: number, sparsity: number): AmountRow[] {
  const { kept, gzipBefore, gzipAfter, fileBytes } = estimateBudget(parameters, prunable, sparsity);
  return [
    {
      label: 'Weights that can be pruned',
      before: formatCount(prunable),
      after: formatCount(kept),
      change: amountChange(prunable, kept, 'fewer', 'more').text,
    },
    {
      label: 'Download (gzip), about',
      before: formatBytes(gzipBefore),
      after: formatBytes(gzipAfter),
      change: amountChange(gzipBefore, gzipAfter).text,
    },
    {
      label: 'Unpacked file, about',
      before: formatBytes(fileBytes),
      after: formatBytes(fileBytes),
      change: 'same',
    },
  ];
}

/**
 * What a budget of what leaves comes to, where it is of something that a network tells at once.
 * @param kept a share up to 1, or a number
 */
export function leavingRows(
  { parameters, macs }: { readonly parameters: number; readonly macs: number },
  kind: AmountKind,
  kept: number,
): AmountRow[] {
  if (kind !== 'parameters' && kind !== 'macs') return [];
  const before = kind === 'macs' ? macs : parameters;
  const after = kept <= 1 ? Math.round(before * kept) : kept;
  return [
    {
      label: kind === 'macs' ? 'Multiply-accumulates' : 'Parameters',
      before: formatCount(before),
      after: formatCount(after),
      change: amountChange(before, after, 'fewer', 'more').text,
    },
  ];
}

/** Times of a call, of the whole network in onnxruntime and of its twin in each target. */
export function speedRows(speeds: readonly TargetSpeed[], old: boolean): AmountRow[] {
  return speeds.map(({ target, ms, wholeMs, faster }) => ({
    label: targetFacts[target].label,
    before: formatMs(wholeMs.median),
    after: formatMs(ms.median),
    change: `${fasterWords(faster)} (${rangeWords(faster)})`,
    old,
  }));
}

/** What the run itself takes. */
export function costRows(cost: Cost, old: boolean): AmountRow[] {
  const row = (label: string, after: string) => ({ label, before: '', after, change: '', old });
  return [
    row('The run takes, about', formatDuration(cost.seconds)),
    row('Memory while it trains', formatBytes(cost.memoryBytes)),
    row('Disk while it runs', formatBytes(cost.diskBytes)),
  ];
}
