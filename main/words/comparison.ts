import type { Side } from '../contract/report.ts';
import { amountChange, NONE, shareChange, speedChange, type Change } from './change.ts';
import { formatBytes, formatCount, formatMs, formatPercent, formatPoints } from './format.ts';
import { accuracyChange, referenceOf, unpairedChange, type AccuracyFacts } from './noise.ts';

/** One measure of the networks of a run beside each other, as every table shows it. */
export interface Comparison {
  readonly label: string;
  /** What the measure means. */
  readonly note: string;
  /** The person's file as it came, where it was trained again before pruning. */
  readonly original: string | null;
  /** The network before pruning; a dash where none was measured. */
  readonly dense: string;
  readonly compressed: string;
  /** '4.6× smaller', '−0.20 points', 'same': against the file as it came where there is one, else against the dense network. */
  readonly change: string;
  /** Whether the change is one for the better; null when there is none or it is neither. */
  readonly better: boolean | null;
  /** Where the true change lies with 95 % confidence, where the change is known from samples; else empty. */
  readonly interval: string;
  /** The reference's and the compressed network's number, for bars. */
  readonly values: readonly [number, number];
}

/** The columns that a run's tables have beside the measure and the change. */
export function comparisonColumns(facts: Pick<AccuracyFacts, 'original'>): readonly string[] {
  return facts.original === null
    ? ['Dense', 'Compressed']
    : ['Your file', 'Dense, trained again', 'Compressed'];
}

/** The cells of a row under those columns. */
export function comparisonCells(row: Comparison): readonly string[] {
  return [...(row.original === null ? [] : [row.original]), row.dense, row.compressed];
}

interface Measure {
  readonly label: string;
  readonly note: string;
  readonly read: (side: Side) => number;
  readonly format: (value: number) => string;
  readonly change: (before: Side, after: Side) => Change;
}

/** The rows of the before/after table, in the order in which people ask for them. */
export function comparisons(facts: AccuracyFacts): Comparison[] {
  const { original, dense, compressed } = facts;
  const reference = referenceOf(facts);
  return measures(facts).map(({ label, note, read, format, change }) => {
    const { text, better, interval = '' } = reference === null ? NONE : change(reference, compressed);
    return {
      label,
      note,
      original: original === null ? null : format(read(original)),
      dense: dense === null ? '–' : format(read(dense)),
      compressed: format(read(compressed)),
      change: text,
      better,
      interval,
      values: [reference === null ? 0 : read(reference), read(compressed)],
    };
  });
}

function measures(facts: AccuracyFacts): Measure[] {
  const { compressed, data } = facts;
  const { batch, threads, runs } = compressed.latencyMs;
  const sides = [facts.original, facts.dense, compressed].filter((side) => side !== null);
  const count = (label: string, note: string, read: Measure['read']): Measure => ({
    label,
    note,
    read,
    format: formatCount,
    change: (before, after) => amountChange(read(before), read(after), 'fewer', 'more'),
  });
  const bytes = (label: string, note: string, read: Measure['read']): Measure => ({
    label,
    note,
    read,
    format: formatBytes,
    change: (before, after) => amountChange(read(before), read(after)),
  });
  return [
    {
      label: compressed.f1 !== null ? 'Exact match' : 'Test accuracy',
      note: `share of the ${formatCount(data.test)} test samples ${compressed.f1 !== null ? 'with all classes right' : 'that are right'}`,
      read: (side) => side.accuracy,
      format: formatPercent,
      change: () => shareChange(accuracyChange(facts)),
    },
    ...(sides.some((side) => side.f1 === null)
      ? []
      : [
          f1('F1, micro', 'of all classes together, each found from a probability of 0.5 on', 'micro'),
          f1('F1, macro', 'mean over the classes', 'macro'),
        ]),
    ...where(sides, (side) => side.top5, {
      label: 'Top-5 accuracy',
      note: 'right answer among the five best',
      format: (value) => formatPercent(value),
      change: (before, after) => shareChange(unpairedChange(before.top5 ?? 0, after.top5 ?? 0, data.test)),
    }),
    {
      label: 'Test loss',
      note: compressed.f1 !== null ? 'mean binary cross-entropy' : 'mean cross-entropy',
      read: (side) => side.loss,
      format: (value) => value.toFixed(4),
      change: (before, after) => lossChange(before.loss, after.loss),
    },
    count('Parameters', 'weights, biases, scales and shifts', (side) => side.parameters),
    count('Non-zero', 'parameters that are not zero', (side) => side.nonzero),
    count('MACs', 'multiply-accumulates for a sample', (side) => side.macs),
    count('Effective MACs', 'if zeros cost nothing', (side) => side.effectiveMacs),
    bytes('ONNX file', 'as it lies on disk, zeros stored like any number', (side) => side.onnxBytes),
    bytes('ONNX, gzipped', 'what a download costs', (side) => side.gzipBytes),
    {
      label: 'Latency',
      note: `median of ${runs} calls, onnxruntime, batch ${batch}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      read: (side) => side.latencyMs.median,
      format: formatMs,
      change: (before, after) => speedChange(before.latencyMs, after.latencyMs),
    },
    // How slow calls compare says more about the machine's other work than about the network: they are not judged.
    ...where(sides, (side) => side.latencyMs.p90, {
      label: 'Latency, p90',
      note: '90 % of the calls are at least as fast',
      format: formatMs,
      change: () => NONE,
    }),
    {
      label: 'Latency, p95',
      note: '95 % of the calls are at least as fast',
      read: (side) => side.latencyMs.p95,
      format: formatMs,
      change: () => NONE,
    },
    ...where(sides, (side) => side.latencyOfMany?.median ?? null, {
      label: 'Latency, batch',
      note: `median of ${compressed.latencyOfMany?.runs ?? 0} calls with ${compressed.latencyOfMany?.batch ?? 0} samples each`,
      format: formatMs,
      change: (before, after) =>
        before.latencyOfMany === null || after.latencyOfMany === null
          ? NONE
          : speedChange(before.latencyOfMany, after.latencyOfMany),
    }),
    ...where(sides, (side) => side.peakActivationBytes, {
      label: 'Activations at peak',
      note: 'values of one sample that are held at once, 32 bits each, at the most',
      format: formatBytes,
      change: (before, after) =>
        amountChange(before.peakActivationBytes ?? 0, after.peakActivationBytes ?? 0),
    }),
  ];
}

/** A row that only reports of newer versions have: none where one of the sides lacks it. */
function where(
  sides: readonly Side[],
  read: (side: Side) => number | null,
  measure: Omit<Measure, 'read'>,
): Measure[] {
  if (sides.some((side) => read(side) === null)) return [];
  return [{ ...measure, read: (side) => read(side) ?? 0 }];
}

/** Not judged: how far it is off by chance is not known. */
function f1(label: string, note: string, kind: 'micro' | 'macro'): Measure {
  const read = (side: Side) => side.f1?.[kind] ?? 0;
  return {
    label,
    note,
    read,
    format: formatPercent,
    change: (before, after) => {
      const difference = read(after) - read(before);
      // Less than what two decimals of a point show is no difference for people.
      return { text: Math.abs(difference) < 5e-5 ? 'same' : formatPoints(difference), better: null };
    },
  };
}

/** Not judged: what matters of a loss shows in the accuracy, whose noise is known. */
function lossChange(before: number, after: number): Change {
  const text = Math.abs(after - before).toFixed(4);
  if (Number(text) === 0) return { text: 'same', better: null };
  return { text: `${after > before ? '+' : '−'}${text}`, better: null };
}
