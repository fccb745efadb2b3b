import type { Report } from '../../../../main/contract/report.ts';
import { changeWords, leftOf } from '../../../../main/words/amounts.ts';
import { amountChange, shareChange, type Change } from '../../../../main/words/change.ts';
import { formatBytes, formatPercent, unbroken } from '../../../../main/words/format.ts';
import { accuracyChange, referenceOf } from '../../../../main/words/noise.ts';
import { mayBeAsBefore } from '../../../../main/words/promises.ts';

export interface Headline {
  readonly change: Change;
  readonly label: string;
  readonly note: string;
}

const plain = (text: string): Change => ({ text, better: null });

/** The three figures under the verdict: what the budget is of, accuracy, download. */
export function headlines(report: Report): Headline[] {
  const { compressed } = report;
  const before = referenceOf(report);
  const left = leftOf(report);
  const told = !report.promises.some((promise) => promise.kind === left.kind && mayBeAsBefore(promise));
  const counted = changeWords(left.kind)[0] === 'fewer';
  const gone = formatPercent(left.gone, 1);
  const amount = {
    change: told ? amountChange(1, left.share, ...changeWords(left.kind)) : plain('within noise'),
    label: left.things,
    note: counted
      ? `${gone} of the ${left.kind === 'sparsity' ? 'prunable ones' : 'dense ones'} are gone`
      : `${gone} less than the dense network`,
  };
  if (before === null) {
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
