import type { CouplingOptions } from '../../contract/groups.ts';
import type { GroupWidths, MeasuredWidths } from '../../contract/speed.ts';
import type { TargetId } from '../../contract/targets.ts';
import { networkCost } from '../network/cost.ts';
import { coupling } from '../network/coupling/index.ts';
import type { Network } from '../network/graph.ts';
import { partTimes, type PartTimes } from './part-times.ts';
import { partsOf } from './parts.ts';
import { stepsOf, widthsToTime } from './steps.ts';
import type { Timing } from './twins.ts';

/**
 * How the time of every group of channels climbs with its width in a target: of the layers that make and read them, each shape once.
 * @param progress told the share that is done, 0..1
 * @throws EspalierError where it cannot be measured here
 * @throws CancelledError when it was cancelled; what was measured is kept
 */
export async function measuredWidths(
  id: TargetId,
  network: Network,
  options: CouplingOptions,
  timing: Timing,
  progress: (share: number) => void = () => undefined,
): Promise<MeasuredWidths> {
  const coupled = coupling(network, options);
  const macs = new Map(networkCost(network).layers.map((layer) => [layer.name, layer.macs]));
  const done = new Map<string, PartTimes>();
  const found: MeasuredWidths = { groups: [], layers: [] };
  for (const [g, group] of coupled.groups.entries()) {
    const units = group.components.length;
    const widths = widthsToTime(units);
    const times: PartTimes[] = [];
    const parts = partsOf(network, coupled, group);
    for (const [p, part] of parts.entries()) {
      progress((g + p / parts.length) / coupled.groups.length);
      const key = JSON.stringify([widths.length, part.at(units)]);
      const own = done.get(key) ?? (await partTimes(id, part, widths, timing));
      done.set(key, own);
      times.push(own);
      const work = part.layers.map((layer) => macs.get(layer) ?? 0);
      const total = work.reduce((sum, each) => sum + each, 0);
      part.layers.forEach((layer, i) => {
        const ms = (own.ms * (work[i] ?? 0)) / Math.max(1, total);
        const by = own.times.map(({ width, time }) => ({ width, time: time.median }));
        found.layers.push({ layer, group: group.name, ms, times: by });
      });
    }
    found.groups.push(groupWidths(group.name, units, widths, times));
  }
  progress(1);
  return found;
}

/** What a group's parts take together. */
function groupWidths(
  name: string,
  units: number,
  widths: readonly number[],
  parts: readonly PartTimes[],
): GroupWidths {
  const ms = parts.reduce((sum, part) => sum + part.ms, 0);
  const at = (i: number, which: 'median' | 'low' | 'high') =>
    parts.reduce((sum, part) => sum + (part.ms / ms) * (part.times[i]?.time[which] ?? 1), 0);
  const times = widths.map((width, i) => ({
    width,
    time: { median: at(i, 'median'), low: at(i, 'low'), high: at(i, 'high') },
  }));
  const { step, edges } = stepsOf(times.map(({ width, time }) => ({ width, time: time.median })));
  const offered = new Set(edges);
  return { name, units, ms, step, widths: times.filter(({ width }) => offered.has(width)) };
}

/**
 * What a network's layers are predicted to take with these widths, in milliseconds: of a layer between two groups what each of them
 * saves alone multiplies, as its multiply-accumulates do.
 * @param widths by group; all units where it has none
 */
export function predictedMs({ layers }: MeasuredWidths, widths: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const own of Map.groupBy(layers, ({ layer }) => layer).values()) {
    const ms = own.reduce((total, one) => total + one.ms, 0) / own.length;
    sum += own.reduce((product, { group, times }) => product * timeAt(times, widths.get(group)), ms);
  }
  return sum;
}

/** Of the nearest width that was timed at or above. */
function timeAt(times: MeasuredWidths['layers'][number]['times'], width: number | undefined): number {
  if (width === undefined) return 1;
  return times.find((one) => one.width >= width)?.time ?? 1;
}
