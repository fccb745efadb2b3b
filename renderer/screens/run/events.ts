import type { MetricPoint, StageInfo } from '../../../main/contract/run.ts';
import type { MarkKind } from '../../charts/series.ts';
import type { LayersAt, PointMap } from '../../stores/points.ts';
import { formatNumber, formatPercent } from '../../text/format.ts';

/** Something that happened in a run. */
export interface RunEvent {
  readonly kind: MarkKind;
  /** When, in epochs of the whole run. */
  readonly epoch: number;
  readonly text: string;
}

/** A learning rate that changes by less than this factor from one point to the next follows its schedule; more is a step of it. */
const steep = 1.5;

/** Everything that a run's own records tell of, in the order of time: stages, prunings, growth, steps of the learning rate. */
export function runEvents(
  stages: readonly StageInfo[],
  points: PointMap,
  layers: readonly LayersAt[],
): readonly RunEvent[] {
  return [
    ...stageEvents(stages),
    ...maskEvents(layers, points.get('mask/grown') ?? []),
    ...learningRateEvents(points.get('learning-rate') ?? []),
  ].sort((a, b) => a.epoch - b.epoch);
}

/** Stages with epochs begin with a border, but for the first; those without, as long as training follows, happen at one moment. */
function stageEvents(stages: readonly StageInfo[]): RunEvent[] {
  const lastTrained = stages.findLastIndex(({ epochs }) => epochs > 0);
  let epoch = 0;
  return stages.flatMap(({ label, epochs }, index): RunEvent[] => {
    const at = epoch;
    epoch += epochs;
    if (epochs === 0) return index < lastTrained ? [{ kind: 'step', epoch: at, text: label }] : [];
    return at > 0 ? [{ kind: 'stage', epoch: at, text: label }] : [];
  });
}

/** Where weights left or came back; exchanges of as many, which layer counts do not show, are told by the run as `mask/grown`. */
function maskEvents(layers: readonly LayersAt[], grown: readonly MetricPoint[]): RunEvent[] {
  const exchanged = new Map(grown.map(({ epoch, value }) => [epoch, value]));
  let before = 0;
  const changes = layers.flatMap(({ epoch, layers: now }): RunEvent[] => {
    const total = now.reduce((sum, layer) => sum + layer.total, 0);
    const sparsity = total === 0 ? 0 : 1 - now.reduce((sum, { kept }) => sum + kept, 0) / total;
    const from = before;
    before = sparsity;
    if (Math.abs(sparsity - from) < 1e-9) return [];
    exchanged.delete(epoch);
    const text = `Sparsity ${formatPercent(from, 1)} → ${formatPercent(sparsity, 1)}`;
    return [{ kind: sparsity > from ? 'prune' : 'grow', epoch, text }];
  });
  const swaps = [...exchanged].map(([epoch, share]): RunEvent => {
    return {
      kind: 'grow',
      epoch,
      text: `${formatPercent(share, 2)} of the weights grown anew, as many pruned`,
    };
  });
  return [...changes, ...swaps];
}

/** Steps of a schedule; a warm-up and smooth decays are no events. */
function learningRateEvents(points: readonly MetricPoint[]): RunEvent[] {
  return points.flatMap(({ epoch, stage, value }, index): RunEvent[] => {
    const before = points[index - 1];
    const after = points[index + 1];
    if (before === undefined || before.stage !== stage || before.value <= 0 || value <= 0) return [];
    if (!jumps(before.value, value)) return [];
    // A smooth curve may be as steep as that for several points in a row, near its end; a step stands alone.
    const next = after !== undefined && after.stage === stage && after.value > 0 && jumps(value, after.value);
    const last = points[index - 2];
    const previous =
      last !== undefined && last.stage === stage && last.value > 0 && jumps(last.value, before.value);
    if (next || previous) return [];
    return [
      {
        kind: 'learning-rate',
        epoch,
        text: `Learning rate ${formatNumber(before.value)} → ${formatNumber(value)}`,
      },
    ];
  });
}

const jumps = (from: number, to: number) => Math.abs(Math.log(to / from)) > Math.log(steep);
