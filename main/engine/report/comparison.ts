import type { Latency, Side } from '../../contract/report.ts';
import { latencyDiffers } from '../evaluate/latency.ts';
import { formatBytes, formatCount, formatMs, formatPercent, formatPoints, formatRatio } from './format.ts';

/** One measure of the dense network beside the compressed one, as every table shows it. */
export interface Comparison {
  readonly label: string;
  readonly dense: string;
  readonly compressed: string;
  /** '4.6× smaller', '−0.20 points', 'same'. */
  readonly change: string;
  /** Whether the change is one for the better; null when there is none or it is neither. */
  readonly better: boolean | null;
  /** The two numbers, for bars. */
  readonly values: readonly [number, number];
  /** A note under the label: what the measure means. */
  readonly note: string;
}

/**
 * The rows of the before/after table, in the order in which people ask for them.
 * @param dense null where no dense network was trained: its column is then empty
 */
export function comparisons(dense: Side | null, compressed: Side): Comparison[] {
  const rows = rowsOf(dense ?? compressed, compressed);
  if (dense !== null) return rows;
  return rows.map((row) => ({ ...row, dense: '–', change: '', better: null, values: [0, row.values[1]] }));
}

function rowsOf(dense: Side, compressed: Side): Comparison[] {
  return [
    accuracy('Test accuracy', 'share of test samples that are right', dense.accuracy, compressed.accuracy),
    ...(dense.top5 === null || compressed.top5 === null
      ? []
      : [accuracy('Top-5 accuracy', 'right answer among the five best', dense.top5, compressed.top5)]),
    loss(dense.loss, compressed.loss),
    amount(
      'Parameters',
      'weights, biases, scales and shifts',
      dense.parameters,
      compressed.parameters,
      formatCount,
    ),
    amount('Non-zero', 'parameters that are not zero', dense.nonzero, compressed.nonzero, formatCount),
    amount('MACs', 'multiply-accumulates for a sample', dense.macs, compressed.macs, formatCount),
    amount(
      'Effective MACs',
      'if zeros cost nothing',
      dense.effectiveMacs,
      compressed.effectiveMacs,
      formatCount,
    ),
    amount('ONNX file', 'as it lies on disk', dense.onnxBytes, compressed.onnxBytes, formatBytes),
    amount('ONNX, gzipped', 'what a download costs', dense.gzipBytes, compressed.gzipBytes, formatBytes),
    latency(dense.latencyMs, compressed.latencyMs),
    tail(dense.latencyMs, compressed.latencyMs),
  ];
}

function accuracy(label: string, note: string, dense: number, compressed: number): Comparison {
  const points = formatPoints(compressed - dense);
  const same = Number(points) === 0;
  return {
    label,
    note,
    dense: formatPercent(dense),
    compressed: formatPercent(compressed),
    change: same ? 'same' : `${points} points`,
    better: same ? null : compressed > dense,
    values: [dense, compressed],
  };
}

function loss(dense: number, compressed: number): Comparison {
  const difference = compressed - dense;
  const same = Math.abs(difference) < 5e-5;
  return {
    label: 'Test loss',
    note: 'mean cross-entropy',
    dense: dense.toFixed(4),
    compressed: compressed.toFixed(4),
    change: same ? 'same' : `${difference > 0 ? '+' : '−'}${Math.abs(difference).toFixed(4)}`,
    better: same ? null : difference < 0,
    values: [dense, compressed],
  };
}

function amount(
  label: string,
  note: string,
  dense: number,
  compressed: number,
  format: (value: number) => string,
): Comparison {
  const [less, more] = format === formatCount ? ['fewer', 'more'] : ['smaller', 'larger'];
  const row = {
    label,
    note,
    dense: format(dense),
    compressed: format(compressed),
    values: [dense, compressed],
  } as const;
  const ratio = dense / compressed;
  if (formatRatio(Math.max(ratio, 1 / ratio)) === '1.0') return { ...row, change: 'same', better: null };
  return ratio > 1
    ? { ...row, change: compressed === 0 ? 'all gone' : `${formatRatio(ratio)}× ${less}`, better: true }
    : { ...row, change: dense === 0 ? 'from none' : `${formatRatio(1 / ratio)}× ${more}`, better: false };
}

function latency(dense: Latency, compressed: Latency): Comparison {
  const threads = `${dense.threads} ${dense.threads === 1 ? 'thread' : 'threads'}`;
  const row = {
    label: 'Latency',
    note: `median of ${dense.runs} calls, onnxruntime, batch ${dense.batch}, ${threads}`,
    dense: formatMs(dense.median),
    compressed: formatMs(compressed.median),
    values: [dense.median, compressed.median],
  } as const;
  if (!latencyDiffers(dense, compressed)) return { ...row, change: 'same, within noise', better: null };
  const ratio = dense.median / compressed.median;
  return ratio > 1
    ? { ...row, change: `${formatRatio(ratio)}× faster`, better: true }
    : { ...row, change: `${formatRatio(1 / ratio)}× slower`, better: false };
}

/** Shown without a judgement: how a slow call compares says more about the machine's other work than about the network. */
function tail(dense: Latency, compressed: Latency): Comparison {
  return {
    label: 'Latency, p95',
    note: '95 % of the calls are at least as fast',
    dense: formatMs(dense.p95),
    compressed: formatMs(compressed.p95),
    change: '',
    better: null,
    values: [dense.p95, compressed.p95],
  };
}
