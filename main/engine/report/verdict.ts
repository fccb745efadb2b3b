import type { Report, Side } from '../../contract/report.ts';
import { latencyDiffers } from '../evaluate/latency.ts';
import { formatBytes, formatMs, formatPercent, formatPoints, formatRatio } from './format.ts';

/** Sizes that differ by less than this are called the same. */
const SAME_SIZE = 1.05;

/**
 * One honest sentence: what was gained, what it cost, and what was not gained. Speed is only claimed where the measured
 * latencies differ by more than their noise.
 */
export function verdict({
  dense,
  compressed,
  sparsity,
}: Pick<Report, 'dense' | 'compressed' | 'sparsity'>): string {
  if (dense === null) return alone(compressed, sparsity);
  const parts = [`${zeroPercent(sparsity)} of the prunable weights are zero`, sizeOf(dense, compressed)];
  const speed = speedOf(dense, compressed);
  return `${headline(dense, compressed)}: ${[...parts, ...speed].join(', ')}, and ${accuracyOf(dense, compressed)}.`;
}

/** Without a dense network there is nothing to compare with. */
function alone(compressed: Side, sparsity: number): string {
  const guessing = isGuessing(compressed) ? ' (it only guesses)' : '';
  return `${zeroPercent(sparsity)} of the prunable weights are zero, the download is ${formatBytes(compressed.gzipBytes)} gzipped, and test accuracy is ${formatPercent(compressed.accuracy)}${guessing}; no dense network was trained to compare with.`;
}

function headline(dense: Side, compressed: Side): string {
  if (isGuessing(compressed) && !isGuessing(dense)) return 'Pruned too far, the network only guesses';
  const ratio = dense.gzipBytes / compressed.gzipBytes;
  const size =
    ratio >= SAME_SIZE ? 'smaller download' : ratio > 1 / SAME_SIZE ? 'same download' : 'larger download';
  let speed = 'same speed';
  if (latencyDiffers(dense.latencyMs, compressed.latencyMs)) {
    speed = compressed.latencyMs.median < dense.latencyMs.median ? 'faster' : 'slower';
  }
  const gained = size === 'smaller download' || speed === 'faster';
  const lost = size === 'larger download' || speed === 'slower';
  const text = `${size}${gained && lost ? ' but ' : ', '}${speed}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Rounded down, so that 99.96 % is never called 100 %. */
function zeroPercent(sparsity: number): string {
  return formatPercent(Math.floor(sparsity * 1000 + 1e-9) / 1000, 1);
}

function sizeOf(dense: Side, compressed: Side): string {
  const sizes = `${formatBytes(dense.gzipBytes)} to ${formatBytes(compressed.gzipBytes)} gzipped`;
  const ratio = dense.gzipBytes / compressed.gzipBytes;
  if (ratio >= SAME_SIZE) return `the download is ${formatRatio(ratio)} times smaller (${sizes})`;
  return ratio > 1 / SAME_SIZE
    ? `the download is as large as before (${formatBytes(compressed.gzipBytes)} gzipped)`
    : `the download is ${formatRatio(1 / ratio)} times larger (${sizes})`;
}

/** Nothing where the headline has already said 'same speed'. */
function speedOf({ latencyMs: dense }: Side, { latencyMs: compressed }: Side): string[] {
  if (!latencyDiffers(dense, compressed)) return [];
  const times = `${formatMs(dense.median)} to ${formatMs(compressed.median)} a call`;
  const ratio = dense.median / compressed.median;
  return [
    ratio > 1
      ? `it runs ${formatRatio(ratio)} times faster (${times})`
      : `it runs ${formatRatio(1 / ratio)} times slower (${times})`,
  ];
}

function accuracyOf(dense: Side, compressed: Side): string {
  const points = formatPoints(compressed.accuracy - dense.accuracy);
  if (Number(points) === 0) return `test accuracy stays at ${formatPercent(compressed.accuracy)}`;
  const direction = compressed.accuracy > dense.accuracy ? 'rises' : 'falls';
  return `test accuracy ${direction} by ${points.slice(1)} points (${formatPercent(dense.accuracy)} to ${formatPercent(compressed.accuracy)})`;
}

/** No better than twice as good as blind guessing among the classes. */
function isGuessing(side: Side): boolean {
  return side.accuracy <= Math.min(2 / side.perClass.length, (1 + 1 / side.perClass.length) / 2);
}
