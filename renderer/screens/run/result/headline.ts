import type { Report } from '../../../../main/contract/report.ts';
import { formatBytes, formatFactor, formatPercent, formatPoints } from '../../../text/format.ts';

export interface Headline {
  readonly value: string;
  readonly label: string;
  readonly note: string;
}

/** The three figures under the verdict: weights, accuracy, download. */
export function headlines({ dense, compressed, sparsity }: Report): Headline[] {
  const weights = {
    value: formatFactor(1, 1 - sparsity),
    label: 'fewer weights',
    note: `${formatPercent(sparsity)} of the prunable ones are gone`,
  };
  if (dense === null)
    return [
      weights,
      {
        value: formatPercent(compressed.accuracy, 2),
        label: 'accuracy',
        note: 'no dense network was trained',
      },
      { value: formatBytes(compressed.gzipBytes), label: 'download', note: 'ONNX, gzipped' },
    ];
  return [
    weights,
    {
      value: formatPoints(compressed.accuracy - dense.accuracy, 2),
      label: 'accuracy',
      note: `${formatPercent(dense.accuracy, 2)} → ${formatPercent(compressed.accuracy, 2)}`,
    },
    {
      value: formatFactor(dense.gzipBytes, compressed.gzipBytes),
      label: 'smaller download',
      note: `${formatBytes(dense.gzipBytes)} → ${formatBytes(compressed.gzipBytes)}`,
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
