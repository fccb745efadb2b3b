import type { FusionReport } from '../contract/fusion.ts';
import type { Report, Side } from '../contract/report.ts';
import { leftOf } from './amounts.ts';
import { amountChange, speedChange } from './change.ts';
import {
  formatBytes,
  formatCount,
  formatMs,
  formatPercent,
  formatPointsRange,
  pointsInWords,
} from './format.ts';
import { moduleSpeedUp } from './sizes.ts';
import { accuracyChange, referenceOf, type AccuracyFacts, type ShareChange } from './noise.ts';

type Facts = AccuracyFacts &
  Pick<Report, 'sparsity' | 'promises' | 'sizes'> &
  Partial<Pick<Report, 'fusions'>>;

/**
 * One honest sentence: what was gained, what it cost, and what was not gained; the gist stands before the first colon. Speed and
 * accuracy are only said to have changed where they did by more than their noise.
 */
export function verdict(facts: Facts): string {
  const before = referenceOf(facts);
  const change = accuracyChange(facts);
  if (before === null || change === null) return alone(facts);
  const { compressed } = facts;
  const parts = [...takenAway(before, facts), sizeOf(before, compressed)];
  const speed = [...speedOf(before, compressed), ...moduleSpeed(facts)];
  return `${gist(before, facts, change)}: ${[...parts, ...speed].join(', ')}, and ${accuracyOf(facts, before, change)}.`;
}

/** Without a dense network there is nothing to compare with. */
function alone(facts: Facts): string {
  const { compressed } = facts;
  const guessing = isGuessing(compressed) ? ' (it only guesses)' : '';
  return `${goneOf(facts)}, the download is ${formatBytes(compressed.gzipBytes)} gzipped, and ${shareName(compressed)} is ${formatPercent(compressed.accuracy)}${guessing}; no dense network was measured to compare with.`;
}

/** '7.5× smaller download, same speed, 3.3 points less accurate'. */
function gist(before: Side, facts: Facts, change: ShareChange): string {
  const { compressed: after } = facts;
  if (isGuessing(after) && !isGuessing(before)) return 'Pruned too far, the network only guesses';
  const size = amountChange(before.gzipBytes, after.gzipBytes);
  const speed = speedChange(before.latencyMs, after.latencyMs);
  const said = speed.better === null ? 'same speed' : speed.text;
  const module = moduleSpeedUp(facts);
  const text = [
    `${size.text} download`,
    ...(module === null ? [said] : [`${module.change} in WebAssembly`, `${said} in onnxruntime`]),
    change.measurable
      ? `${pointsInWords(change.difference)} ${change.difference > 0 ? 'more' : 'less'} accurate`
      : change.difference === 0
        ? 'same accuracy'
        : 'no measurable change in accuracy',
  ].join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What was taken away: channels, and single weights where some are zero or nothing else was done. */
function takenAway(before: Side, facts: Facts): string[] {
  const [fusion] = facts.fusions ?? [];
  if (fusion !== undefined) return [shallower(before, facts, fusion)];
  const { parameters, macs } = facts.compressed;
  const smaller = parameters < before.parameters;
  const gone = (now: number, then: number) => formatPercent(1 - now / then, 1);
  return [
    ...(smaller
      ? [
          `${gone(parameters, before.parameters)} of the parameters and ${gone(macs, before.macs)} of the multiply-accumulates are gone`,
        ]
      : []),
    ...(facts.sparsity > 0 || !smaller
      ? [`${floored(facts.sparsity)} of the ${smaller ? 'other weights' : 'prunable weights'} are zero`]
      : []),
  ];
}

/** Of fused layers: their number, and what became of everything else, which may be more. */
function shallower(before: Side, { compressed, fusions = [] }: Facts, first: FusionReport): string {
  const layers = fusions.at(-1)?.amounts.after.layers ?? first.amounts.before.layers;
  const change = (now: number, then: number, things: string) =>
    now === then
      ? `as many ${things}`
      : `${formatPercent(Math.abs(now / then - 1), 1)} ${now < then ? 'fewer' : 'more'} ${things}`;
  return `${formatCount(first.amounts.before.layers)} layers became ${formatCount(layers)}, with ${change(compressed.parameters, before.parameters, 'parameters')} and ${change(compressed.macs, before.macs, 'multiply-accumulates')}`;
}

/** What the budget took away, where there is no dense network to set the others beside. */
function goneOf(facts: Facts): string {
  const { kind, things, gone } = leftOf(facts);
  return kind === 'sparsity'
    ? `${floored(gone)} of the prunable weights are zero`
    : `${floored(gone)} of the ${things} are gone`;
}

/** Rounded down, so that 99.96 % is never called 100 %. */
function floored(share: number): string {
  return formatPercent(Math.floor(share * 1000 + 1e-9) / 1000, 1);
}

function sizeOf(before: Side, after: Side): string {
  const { better } = amountChange(before.gzipBytes, after.gzipBytes);
  return better === null
    ? `the download is as large as before (${formatBytes(after.gzipBytes)} gzipped)`
    : `the download goes from ${formatBytes(before.gzipBytes)} to ${formatBytes(after.gzipBytes)} gzipped`;
}

/** Nothing where the gist has already said 'same speed'. */
function speedOf({ latencyMs: before }: Side, { latencyMs: after }: Side): string[] {
  if (speedChange(before, after).better === null) return [];
  return [`a call takes ${formatMs(after.median)} after ${formatMs(before.median)}`];
}

/** What WebAssembly gains where it skips zeros. */
function moduleSpeed(facts: Facts): string[] {
  const module = moduleSpeedUp(facts);
  if (module === null) return [];
  return [
    `as WebAssembly a call takes ${formatMs(module.after)} on one thread, where the dense network in onnxruntime takes ${formatMs(module.before)}`,
  ];
}

function accuracyOf({ compressed, data, original }: Facts, before: Side, change: ShareChange): string {
  const { difference, low, high } = change;
  const range = `${formatPointsRange(low, high)} with 95 % confidence, ${formatCount(data.test)} test samples`;
  const than = original === null ? '' : " of your file's network";
  if (difference === 0)
    return `${shareName(compressed)} stays at ${formatPercent(compressed.accuracy)}${than} (${range})`;
  const direction = difference > 0 ? 'rises' : 'falls';
  const told = `${shareName(compressed)} ${direction} by ${pointsInWords(difference)} from the ${formatPercent(before.accuracy)}${than === '' ? '' : than} to ${formatPercent(compressed.accuracy)}`;
  return `${told} (${range}${change.measurable ? '' : ': too few to tell this from no change'})${f1Of(before, compressed)}`;
}

/** What `accuracy` is a share of. */
function shareName({ f1 }: Side): string {
  return f1 === null ? 'test accuracy' : 'the share of test samples with all classes right';
}

/** Exact matches alone say little of data where most samples have no class. */
function f1Of({ f1: before }: Side, { f1: after }: Side): string {
  if (before === null || after === null) return '';
  return `; F1 (micro) goes from ${formatPercent(before.micro)} to ${formatPercent(after.micro)}`;
}

/** No better than twice as good as blind guessing among the classes; of multi-label data, nothing right is found at all. */
function isGuessing(side: Side): boolean {
  if (side.f1 !== null) return side.f1.micro === 0;
  return side.accuracy <= Math.min(2 / side.perClass.length, (1 + 1 / side.perClass.length) / 2);
}
