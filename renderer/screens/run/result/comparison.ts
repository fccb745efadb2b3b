import type { Report, Side } from '../../../../main/contract/report.ts';
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
  /** Empty where no dense network was trained. */
  readonly dense: string;
  readonly compressed: string;
  readonly change: string;
}

/** One figure of a network: how it is read, written, and how a change of it is told. */
interface Figure {
  readonly label: string;
  readonly help: string;
  readonly read: (side: Side) => number | null;
  readonly format: (value: number) => string;
  readonly change: (before: number, after: number) => string;
}

/** Timings and sizes that differ by less than this part are called the same. */
const nearly = 0.03;

const factor = (before: number, after: number) => ratioIn('less', 'more', before, after);
/** How a time changed, in words. */
export const speed = (before: number, after: number) => ratioIn('faster', 'slower', before, after);

function ratioIn(less: string, more: string, before: number, after: number): string {
  if (before === after) return 'same';
  if (after === 0 || before === 0) return '';
  const ratio = before / after;
  if (Math.abs(ratio - 1) < nearly) return 'about the same';
  return ratio > 1 ? `${formatFactor(before, after)} ${less}` : `${formatFactor(after, before)} ${more}`;
}

const points = (before: number, after: number) => formatPoints(after - before, 2);
const percent = (value: number) => formatPercent(value, 2);

function lossChange(before: number, after: number): string {
  const text = formatValue(Number((after - before).toFixed(4)));
  return after > before ? `+${text}` : text;
}

function figures({ latencyMs }: Side): readonly Figure[] {
  const { batch, threads } = latencyMs;
  const where = `onnxruntime here, batch ${batch}, ${threads} thread${threads === 1 ? '' : 's'}`;
  const size = { format: formatBytes, change: factor };
  const count = { format: formatCount, change: factor };
  const macs = { format: formatShort, change: factor };
  return [
    { label: 'Accuracy', help: 'Test part', read: (side) => side.accuracy, format: percent, change: points },
    {
      label: 'Top-5 accuracy',
      help: 'Test part',
      read: (side) => side.top5,
      format: percent,
      change: points,
    },
    { label: 'Loss', help: 'Test part', read: (side) => side.loss, format: formatValue, change: lossChange },
    {
      label: 'Parameters',
      help: 'All learned numbers, zeros too',
      read: (side) => side.parameters,
      ...count,
    },
    {
      label: 'Non-zeros',
      help: 'Learned numbers that are not zero',
      read: (side) => side.nonzero,
      ...count,
    },
    { label: 'MACs', help: 'A sample, as dense kernels do them', read: (side) => side.macs, ...macs },
    {
      label: 'Effective MACs',
      help: 'What a perfect sparse kernel would do',
      read: (side) => side.effectiveMacs,
      ...macs,
    },
    { label: 'ONNX file', help: 'Zeros are stored like any number', read: (side) => side.onnxBytes, ...size },
    { label: 'Download (gzip)', help: 'The same file, compressed', read: (side) => side.gzipBytes, ...size },
    {
      label: 'Latency, median',
      help: where,
      read: (side) => side.latencyMs.median,
      format: formatMs,
      change: speed,
    },
    {
      label: 'Latency, 95 %',
      help: 'Nineteen of twenty calls are faster',
      read: (side) => side.latencyMs.p95,
      format: formatMs,
      // The slowest calls are mostly the machine's doing: a ratio of them would claim too much.
      change: () => '',
    },
  ];
}

/** What is compared of the dense and the compressed network, in words and figures. */
export function comparisonRows({ dense, compressed }: Report): ComparisonRow[] {
  return figures(compressed).flatMap(({ label, help, read, format, change }) => {
    const after = read(compressed);
    const before = dense === null ? null : read(dense);
    if (after === null) return [];
    return [
      {
        label,
        help,
        dense: before === null ? '' : format(before),
        compressed: format(after),
        change: before === null ? '' : change(before, after),
      },
    ];
  });
}
