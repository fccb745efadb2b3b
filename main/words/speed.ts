import type { Cost, Gain, GroupWidths, SpeedForecast, Spread, TargetSpeed } from '../contract/speed.ts';
import { targetFacts } from '../contract/targets.ts';
import {
  formatBytes,
  formatDuration,
  formatPercent,
  formatPlural,
  formatRatio,
  formatShare,
} from './format.ts';

/** Differences below this share are page layout and clock frequency. */
const NOTHING = 0.05;

/** Whether a spread of ratios tells faster (1), slower (-1) or neither (0). */
function direction({ median, low, high }: Spread): -1 | 0 | 1 {
  if (low > 1 && median > 1 + NOTHING) return 1;
  return high < 1 && median < 1 - NOTHING ? -1 : 0;
}

/** '1.9× faster', '1.3× slower', 'as fast as before'. */
export function fasterWords(faster: Spread): string {
  const way = direction(faster);
  if (way === 0) return 'as fast as before';
  return way > 0 ? `${formatRatio(faster.median)}× faster` : `${formatRatio(1 / faster.median)}× slower`;
}

/** '1.8 to 2.0': how far the ratio that `fasterWords` tells may be another. */
export function rangeWords(faster: Spread): string {
  const ends = direction(faster) < 0 ? [1 / faster.high, 1 / faster.low] : [faster.low, faster.high];
  return ends.map(formatRatio).join(' to ');
}

/** 'About 1.9× faster in onnxruntime here (1.8 to 2.0); 3.1× faster in WebAssembly (2.9 to 3.4).' Nothing where nothing was measured. */
function speedWords(speeds: readonly TargetSpeed[]): string {
  const [first, ...others] = speeds.map(
    ({ target, faster }) =>
      [fasterWords(faster), targetFacts[target].label, `(${rangeWords(faster)})`] as const,
  );
  if (first === undefined) return '';
  const [much, where, range] = first;
  const start = much.startsWith('as') ? 'About as fast as before' : `About ${much}`;
  return [`${start} in ${where} here ${range}`, ...others.map(([m, w, r]) => `${m} in ${w} ${r}`)].join('; ') + '.'; // prettier-ignore
}

/** 'WebAssembly gains from 78 % on; onnxruntime does not gain by zeros.' */
function gainWords(gains: readonly Gain[]): string {
  const words = gains.map(({ target, from, points: [first, ...others] }) => {
    const { label } = targetFacts[target];
    if (from === null) return `${label} gains nothing up to ${formatShare(others.at(-1)?.sparsity ?? 0)}`;
    const less = from === first?.sparsity ? ' or less' : '';
    return `${label} gains from ${formatShare(Math.round(from * 100) / 100)}${less} on`;
  });
  return words.length === 0 ? '' : `${[...words, 'onnxruntime does not gain by zeros'].join('; ')}.`;
}

/** 'In onnxruntime widths make steps of 16 channels in 9 of 12 groups; in conv1 and 2 more none can be told.' */
function stairsWords(stairs: SpeedForecast['stairs']): string {
  if (stairs === null || stairs.groups.length === 0) return '';
  const { groups, target } = stairs;
  const steps = [...Map.groupBy(groups, ({ step }) => step)].flatMap(([step, { length }]) => step === null ? [] : [`of ${step} channels in ${length}`]); // prettier-ignore
  const [first, ...others] = groups.filter(({ step }) => step === null);
  const none = first && `${first.name}${others.length === 0 ? '' : ` and ${others.length} more`}`;
  const where = targetFacts[target].label;
  if (steps.length === 0) return `Widths make no steps that can be told in ${where}.`;
  const told = `In ${where} widths make steps ${steps.join(', ')} of ${formatPlural(groups.length, 'group')}: one channel past a step costs as much as the next whole one.`;
  return none === undefined ? told : `${told} None can be told in ${none}.`;
}

/** '16 (38 %), 32 (69 %), 64': the widths worth having of a group, with the time as a share of that with all; of many every so manieth. */
export function widthsWords(widths: GroupWidths['widths'], most: number): string {
  const every = Math.ceil(widths.length / most);
  // The whole width always, and from there down.
  const shown = widths.filter((_, i) => (widths.length - 1 - i) % every === 0);
  return shown
    .map(({ width, time }, i) =>
      i === shown.length - 1 ? String(width) : `${width} (${formatPercent(time.median, 0)})`,
    )
    .join(', ');
}

/** 'The run takes about 3 min 20 s, 620 MB of memory and 12 MB of disk.' */
function costWords({ seconds, memoryBytes, diskBytes }: Cost): string {
  const time = seconds === 0 ? 'trains nothing, and takes' : `takes about ${formatDuration(seconds)},`;
  return `The run ${time} ${formatBytes(memoryBytes)} of memory and ${formatBytes(diskBytes)} of disk.`;
}

/** All that a forecast of speed tells, as sentences. */
export function speedSentences({ speeds, gains, stairs, missing, cost }: SpeedForecast): string[] {
  return [
    speedWords(speeds),
    gainWords(gains),
    stairsWords(stairs),
    ...missing.map(({ target, why }) => `${targetFacts[target].label} is not measured: ${why}`),
    ...(cost === null ? [] : [costWords(cost)]),
  ].filter((text) => text !== '');
}
