import type { Report } from '../../../../main/contract/report.ts';
import { formatBytes, formatFactor, formatMs, formatPercent } from '../../../text/format.ts';
import { speed } from './comparison.ts';

export interface SizeRow {
  /** The export format. */
  readonly format: string;
  readonly disk: string;
  /** After gzip, where that makes it smaller. */
  readonly download: string;
  /** The download beside the dense network's file. */
  readonly change: string;
  readonly accuracy: string;
  readonly speed: string;
}

/** The forms that the pruned network can be taken away in. */
export function sizeRows({ dense, compressed, sizes }: Report): SizeRow[] {
  const whole = (dense ?? compressed).onnxBytes;
  const plain = compressed.latencyMs.median;
  return sizes.map(({ format, bytes, gzipBytes, accuracy, latencyMs }) => {
    const download = Math.min(bytes, gzipBytes);
    return {
      format,
      disk: formatBytes(bytes),
      download: formatBytes(download),
      change: download < whole ? `${formatFactor(whole, download)} smaller` : 'not smaller',
      accuracy: formatPercent(accuracy ?? compressed.accuracy, 2),
      speed:
        latencyMs !== null
          ? `${formatMs(latencyMs.median)}, ${speed(plain, latencyMs.median)}`
          : format === 'onnx'
            ? formatMs(plain)
            : 'same, once loaded',
    };
  });
}
