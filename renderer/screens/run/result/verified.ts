import type { Artifact } from '../../../../main/contract/api.ts';
import type { Report } from '../../../../main/contract/report.ts';
import { formatCount, formatNumber, formatPercent } from '../../../text/format.ts';

/** What a run has verified of a format, in words, and else what was measured of its file afterwards; null where nothing was. */
export function verifiedWords(
  report: Report,
  format: string,
  measured: Artifact['measured'] = null,
): string | null {
  const { onnxMaxDifference, onnxSamples } = report.checks;
  if (format === 'onnx' && onnxMaxDifference !== null)
    return `Largest difference of a logit ${formatNumber(onnxMaxDifference)}, on ${formatCount(onnxSamples)} samples`;
  const size = report.sizes.find((one) => one.format === format);
  if (measured !== null && (size === undefined || size.accuracy === null))
    return `Accuracy ${formatPercent(measured.accuracy)} on ${formatCount(measured.samples)} test samples, read from the file`;
  if (size === undefined) return null;
  if (size.accuracy === null) return 'Computes the same as the compressed network';
  const accuracy = `Accuracy ${formatPercent(size.accuracy)} on the test part`;
  const most = size.exact?.maxDifference ?? null;
  return most === null
    ? accuracy
    : `${accuracy}; largest difference from exact arithmetic ${formatNumber(most)}`;
}
