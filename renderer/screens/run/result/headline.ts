import type { Report } from '../../../../main/contract/report.ts';
import { leftOf } from '../../../../main/words/amounts.ts';
import { amountChange, shareChange, type Change } from '../../../../main/words/change.ts';
import { formatBytes, formatPercent, unbroken } from '../../../../main/words/format.ts';
import { accuracyChange, referenceOf } from '../../../../main/words/noise.ts';

export interface Headline {
  readonly change: Change;
  readonly label: string;
  readonly note: string;
}

/** The three figures under the verdict: what the budget is of, accuracy, download. */
export function headlines(report: Report): Headline[] {
  const { compressed } = report;
  const before = referenceOf(report);
  const left = leftOf(report);
  const amount = {
    change: amountChange(1, left.share, 'fewer', 'more'),
    label: left.things,
    note: `${formatPercent(left.gone, 1)} of the ${left.kind === 'sparsity' ? 'prunable ones' : 'dense ones'} are gone`,
  };
  if (before === null) {
    const plain = (text: string): Change => ({ text, better: null });
    return [
      amount,
      {
        change: plain(formatPercent(compressed.accuracy)),
        label: 'accuracy',
        note: 'no dense network was measured',
      },
      { change: plain(formatBytes(compressed.gzipBytes)), label: 'download', note: 'ONNX, gzipped' },
    ];
  }
  const accuracy = shareChange(accuracyChange(report));
  return [
    amount,
    {
      change: accuracy,
      label: 'accuracy',
      note: unbroken(
        `${formatPercent(before.accuracy)} → ${formatPercent(compressed.accuracy)}; ${accuracy.interval ?? ''}`,
      ),
    },
    {
      change: amountChange(before.gzipBytes, compressed.gzipBytes),
      label: 'download',
      note: unbroken(
        `${formatBytes(before.gzipBytes)} → ${formatBytes(compressed.gzipBytes)}, ONNX, gzipped`,
      ),
    },
  ];
}

/** The verdict says the gist before its first colon, and the figures after it. */
export function splitVerdict(verdict: string): { readonly gist: string; readonly rest: string } {
  const at = verdict.indexOf(': ');
  if (at === -1) return { gist: verdict, rest: '' };
  const rest = verdict.slice(at + 2);
  return { gist: `${verdict.slice(0, at)}.`, rest: rest.charAt(0).toUpperCase() + rest.slice(1) };
}
