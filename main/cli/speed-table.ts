import type { SpeedForecast, Spread } from '../contract/speed.ts';
import { targetFacts } from '../contract/targets.ts';
import { formatMs, formatRatio } from '../words/format.ts';
import { speedSentences, widthsWords } from '../words/speed.ts';
import { plainTable } from './tables.ts';

/** Of a group, the most that are shown. */
const WIDTHS = 8;
const NUMBERS = ['Threads', 'Now, in onnxruntime', 'Then', 'Speed-up'];

/** A forecast of speed in lines for people: a sentence for each thing that was found, and a row for each target. */
export function speedLines(speed: SpeedForecast): string[] {
  const { speeds, processor, batch } = speed;
  if (speeds.length === 0) return speedSentences(speed);
  const rows = speeds.map(({ target, threads, ms, wholeMs, faster, reused, at }) => [
    targetFacts[target].label,
    String(threads),
    spread(wholeMs, formatMs),
    spread(ms, formatMs),
    `${formatRatio(faster.median)}× (${formatRatio(faster.low)} to ${formatRatio(faster.high)})`,
    reused ? at.slice(0, 10) : 'now',
  ]);
  return [
    `On this machine (${processor}, batch ${batch}), by twins with weights by chance:`,
    plainTable(['Target', 'Threads', 'Now, in onnxruntime', 'Then', 'Speed-up', 'Measured'], rows, NUMBERS),
    ...speedSentences(speed),
  ];
}

/** Milliseconds of a call by layer, before and after, where a target tells. */
export function layerLines({ speeds }: SpeedForecast): string[] {
  return speeds.flatMap(({ target, layers = [] }) => {
    if (layers.length === 0) return [];
    const rows = layers.map(({ name, before, after }) => [
      name,
      formatMs(before),
      formatMs(after),
      after === 0 ? '' : `${formatRatio(before / after)}×`,
    ]);
    return [
      `By layer in ${targetFacts[target].label}, in ms of a call:`,
      plainTable(['Layer', 'Now', 'Then', 'Speed-up'], rows, ['Now', 'Then', 'Speed-up']),
    ];
  });
}

/** The widths worth having of every group, each with its time as a share of that with all channels. */
export function widthLines({ stairs }: SpeedForecast): string[] {
  if (stairs === null || stairs.groups.length === 0) return [];
  const rows = stairs.groups.map(({ name, step, widths }) => [
    name,
    step === null ? 'none told' : String(step),
    widthsWords(widths, WIDTHS),
  ]);
  return [
    `Widths worth having in ${targetFacts[stairs.target].label}, with the time of the layers around them as a share of that with all channels:`,
    plainTable(['Group', 'Step', 'Widths'], rows, ['Step']),
  ];
}

function spread({ median, low, high }: Spread, format: (value: number) => string): string {
  return `${format(median)} (${format(low).replace(' ms', '')} to ${format(high).replace(' ms', '')})`;
}
