import type { Report } from '../../../../main/contract/report.ts';
import { formatCount, formatNumber, formatPercent } from '../../../text/format.ts';

/** What a run has verified of a format, in words: only what its report says. */
export function verifiedWords(report: Report, format: string): string {
  const { onnxMaxDifference, onnxSamples } = report.checks;
  if (format === 'onnx' && onnxMaxDifference !== null)
    return `Largest difference of a logit ${formatNumber(onnxMaxDifference)}, on ${formatCount(onnxSamples)} samples`;
  const size = report.sizes.find((one) => one.format === format);
  if (size === undefined) return 'Not measured by this run';
  if (size.accuracy === null) return 'Computes the same as the compressed network';
  const accuracy = `Accuracy ${formatPercent(size.accuracy)} on the test part`;
  const most = size.exact?.maxDifference ?? null;
  return most === null
    ? accuracy
    : `${accuracy}; largest difference from exact arithmetic ${formatNumber(most)}`;
}
