import type { Report } from '../../../../main/contract/report.ts';
import {
  formatBytes,
  formatCount,
  formatFactor,
  formatMs,
  formatPercent,
  formatPoints,
  formatShort,
  formatValue,
} from '../../../text/format.ts';

export interface ComparisonRow {
  readonly label: string;
  readonly help: string;
  readonly dense: string;
  readonly compressed: string;
  readonly change: string;
}

/** A change of a size or time: nearly nothing is said as such, not as '1×'. */
function factor(before: number, after: number): string {
  if (before === after) return 'same';
  if (after === 0 || before === 0) return '';
  const ratio = before / after;
  if (Math.abs(ratio - 1) < 0.03) return 'about the same';
  return ratio > 1 ? `${formatFactor(before, after)} less` : `${formatFactor(after, before)} more`;
}

/** What is compared of the dense and the compressed network, in words and figures. */
export function comparisonRows({ dense, compressed }: Report): ComparisonRow[] {
  const row = (
    label: string,
    help: string,
    read: (side: Report['dense']) => number,
    format: (value: number) => string,
    change = factor,
  ): ComparisonRow => ({
    label,
    help,
    dense: format(read(dense)),
    compressed: format(read(compressed)),
    change: change(read(dense), read(compressed)),
  });
  const points = (before: number, after: number) => formatPoints(after - before, 2);
  const loss = (before: number, after: number) => {
    const text = formatValue(Number((after - before).toFixed(4)));
    return after > before ? `+${text}` : text;
  };
  const percent = (value: number) => formatPercent(value, 2);
  const { latency } = dense;
  return [
    row('Accuracy', 'Test part', (side) => side.accuracy, percent, points),
    ...(dense.top5 === null || compressed.top5 === null
      ? []
      : [row('Top-5 accuracy', 'Test part', (side) => side.top5 ?? 0, percent, points)]),
    row('Loss', 'Test part', (side) => side.loss, formatValue, loss),
    row('Parameters', 'All learned numbers, zeros too', (side) => side.parameters, formatCount),
    row('Non-zeros', 'Learned numbers that are not zero', (side) => side.nonzeros, formatCount),
    row('MACs', 'Multiplications of one sample, as dense kernels do them', (side) => side.macs, formatShort),
    row('Effective MACs', 'What a perfect sparse kernel would do', (side) => side.effectiveMacs, formatShort),
    row('ONNX file', 'Zeros are stored as any other number', (side) => side.onnxBytes, formatBytes),
    row('Download (gzip)', 'The same file, compressed', (side) => side.gzipBytes, formatBytes),
    row(
      'Latency, median',
      `onnxruntime here, batch ${latency.batch}, ${latency.threads} thread${latency.threads === 1 ? '' : 's'}`,
      (side) => side.latency.medianMs,
      formatMs,
    ),
    row('Latency, 95 %', 'Nineteen of twenty calls are faster', (side) => side.latency.p95Ms, formatMs),
  ];
}
