import type { Report, SizeReport } from '../contract/report.ts';
import { amountChange, speedChange, timeBeside } from './change.ts';
import { formatBytes, formatMs, formatPercent } from './format.ts';
import { referenceOf } from './noise.ts';

/** One form that the pruned network can be taken away in, in words. */
export interface SizeRow {
  /** The export format. */
  readonly format: string;
  readonly label: string;
  readonly note: string;
  readonly disk: string;
  /** After gzip, where that makes it smaller. */
  readonly download: string;
  /** '4.6× smaller': the download beside the reference's, both gzipped where that helps. */
  readonly change: string;
  /** Whether it is smaller; null where it is as large. */
  readonly better: boolean | null;
  readonly accuracy: string;
  readonly speed: string;
  /** Bytes on disk and of a download, for bars. */
  readonly values: readonly [number, number];
}

type Facts = Pick<Report, 'original' | 'dense' | 'compressed' | 'sizes'>;

const WORDS: Readonly<Record<string, { label: string; note: string }>> = {
  onnx: { label: 'ONNX', note: 'float32, zeros stored like any number' },
  'onnx-sparse': { label: 'ONNX, sparse', note: 'zeros left out where that pays' },
  espalier: { label: 'Espalier archive', note: 'packed for download and storage' },
  wasm: { label: 'WebAssembly', note: 'skips zeros; nothing to install' },
  c: { label: 'C', note: 'skips zeros; source to compile' },
  'c-int8': { label: 'C, weights of 8 bits', note: 'skips zeros; source to compile' },
  'onnx-int8': { label: 'ONNX, 8 bits', note: 'weights and activations in 8 bits' },
  'onnx-int8-7bit': { label: 'ONNX, 8 bits, weights of 7', note: 'faster where the processor has VNNI' },
};

/** The rows of the table of sizes, in the report's order. */
export function sizeRows(facts: Facts): SizeRow[] {
  const { compressed, sizes } = facts;
  const whole = downloadOf(referenceSize(facts));
  return sizes.map((size) => {
    const { format, bytes } = size;
    const download = downloadOf(size);
    const change = amountChange(whole, download);
    return {
      format,
      ...(WORDS[format] ?? { label: format, note: '' }),
      disk: formatBytes(bytes),
      download: formatBytes(download),
      change: change.text,
      better: change.better,
      accuracy: accuracyWords(size, compressed),
      speed: speedOf(size, compressed),
      values: [bytes, download],
    };
  });
}

/** What this machine gives, and what exact arithmetic gives where that is something else. */
function accuracyWords({ accuracy, exact }: SizeReport, compressed: Report['compressed']): string {
  const here = formatPercent(accuracy ?? compressed.accuracy);
  return exact?.differs === true ? `${here} here, ${formatPercent(exact.accuracy)} exact` : here;
}

const downloadOf = ({ bytes, gzipBytes }: Pick<SizeReport, 'bytes' | 'gzipBytes'>): number =>
  Math.min(bytes, gzipBytes);

/** The plain ONNX file that every form is compared with. */
function referenceSize(facts: Facts): Pick<SizeReport, 'bytes' | 'gzipBytes'> {
  const { onnxBytes, gzipBytes } = referenceOf(facts) ?? facts.compressed;
  return { bytes: onnxBytes, gzipBytes };
}

/** The time of a call where it was measured; the forms without zeros are the plain one again once they are loaded. */
function speedOf(
  { format, latencyMs, besideMs }: SizeReport,
  { latencyMs: plain }: Report['compressed'],
): string {
  if (latencyMs !== null && besideMs !== null) {
    const { text, better } = speedChange(besideMs, latencyMs);
    const change = better === null ? 'as fast as' : `${text} than`;
    return `${formatMs(latencyMs.median)}, ${change} the reference in onnxruntime, both on one thread`;
  }
  if (latencyMs === null) return format === 'onnx' ? formatMs(plain.median) : 'same, once loaded';
  return timeBeside(plain, latencyMs);
}

/** How much faster than the reference in onnxruntime the network is as WebAssembly, where that was measured and it is. */
export function moduleSpeedUp({
  sizes,
}: Pick<Report, 'sizes'>): { change: string; before: number; after: number } | null {
  const { latencyMs = null, besideMs = null } = sizes.find(({ format }) => format === 'wasm') ?? {};
  if (latencyMs === null || besideMs === null) return null;
  const { text, better } = speedChange(besideMs, latencyMs);
  return better === true ? { change: text, before: besideMs.median, after: latencyMs.median } : null;
}

/** What the table compares with, and what people expect of zeros and do not get, where the measured times say so too. */
export function sizeNote(facts: Facts): string {
  const reference = referenceOf(facts);
  const written = `Each form was really written and measured; the change is from the ${
    reference === null
      ? "pruned network's"
      : facts.original === null
        ? "dense network's"
        : "your file's network's"
  } plain ONNX file, gzipped (${formatBytes(downloadOf(referenceSize(facts)))}), to the form's download.`;
  const faster =
    reference !== null && speedChange(reference.latencyMs, facts.compressed.latencyMs).better === true;
  return faster
    ? written
    : `${written} Smaller download, same speed: programs multiply with zeros as with other numbers, and put back those that a file leaves out${moduleSpeedUp(facts) === null ? '' : '; the WebAssembly module skips them'}.`;
}
