import type { Report, SizeReport } from '../../contract/report.ts';
import { latencyDiffers } from '../evaluate/latency.ts';
import { formatBytes, formatMs, formatPercent, formatRatio } from './format.ts';

/** One form that the pruned network can be taken away in, in words. */
export interface SizeRow {
  readonly label: string;
  readonly note: string;
  readonly disk: string;
  /** After gzip, where that makes it smaller. */
  readonly download: string;
  /** '4.6× smaller': the download beside the dense network's file as it lies on disk. */
  readonly change: string;
  readonly smaller: boolean;
  readonly accuracy: string;
  readonly speed: string;
  /** Bytes on disk and of a download, for bars. */
  readonly values: readonly [number, number];
}

type Facts = Pick<Report, 'dense' | 'compressed' | 'sizes'>;

const WORDS: Readonly<Record<string, { label: string; note: string }>> = {
  onnx: { label: 'ONNX', note: 'float32, zeros stored like any number' },
  'onnx-sparse': { label: 'ONNX, sparse', note: 'zeros left out where that pays' },
  espalier: { label: 'Espalier archive', note: 'packed for download and storage' },
  'onnx-int8': { label: 'ONNX, 8 bits', note: 'weights and activations in 8 bits' },
};

const WRITTEN =
  'Each form was really written and measured; the change is from the dense ONNX file on disk to the download.';

/** The rows of the table of sizes, in the report's order. */
export function sizeRows({ dense, compressed, sizes }: Facts): SizeRow[] {
  const whole = (dense ?? compressed).onnxBytes;
  return sizes.map((size) => {
    const { format, bytes, gzipBytes, accuracy } = size;
    const download = Math.min(bytes, gzipBytes);
    const ratio = whole / download;
    return {
      ...(WORDS[format] ?? { label: format, note: '' }),
      disk: formatBytes(bytes),
      download: formatBytes(download),
      change: ratio > 1.05 ? `${formatRatio(ratio)}× smaller` : 'not smaller',
      smaller: ratio > 1.05,
      accuracy: formatPercent(accuracy ?? compressed.accuracy),
      speed: speedOf(size, compressed),
      values: [bytes, download],
    };
  });
}

/** The time of a call where it was measured; the forms without zeros are the plain one again once they are loaded. */
function speedOf({ format, latencyMs }: SizeReport, { latencyMs: plain }: Report['compressed']): string {
  if (latencyMs === null) return format === 'onnx' ? formatMs(plain.median) : 'same, once loaded';
  const time = formatMs(latencyMs.median);
  if (!latencyDiffers(plain, latencyMs)) return `${time}, within noise`;
  const ratio = plain.median / latencyMs.median;
  return ratio > 1 ? `${time}, ${formatRatio(ratio)}× faster` : `${time}, ${formatRatio(1 / ratio)}× slower`;
}

/** What people expect of zeros and do not get: said only where the measured times say so too. */
export function sizeNote({ dense, compressed }: Facts): string {
  const faster =
    dense !== null &&
    latencyDiffers(dense.latencyMs, compressed.latencyMs) &&
    compressed.latencyMs.median < dense.latencyMs.median;
  return faster
    ? WRITTEN
    : `${WRITTEN} Smaller download, same speed: programs multiply with zeros as with other numbers, and put back those that a file leaves out.`;
}
