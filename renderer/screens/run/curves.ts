import type { MetricName } from '../../../main/contract/run.ts';
import { searchMethodSchema } from '../../../main/contract/search.ts';
import { SEARCH_NAMES } from '../../../main/words/search.ts';
import { seriesLook } from '../../charts/series-look.ts';
import type { ChartMark, ChartPoint, ChartSeries } from '../../charts/series.ts';
import type { PointMap } from '../../stores/points.ts';
import type { RunEvent } from './events.ts';
import type { XAxis } from './x-axis.ts';

/** What lies on the axis, in the order of x. */
const curve = (points: PointMap, name: MetricName, axis: XAxis): readonly ChartPoint[] => {
  const placed: ChartPoint[] = [];
  for (const point of points.get(name) ?? []) {
    const x = point.round === undefined ? axis.of(point) : null;
    if (x !== null) placed.push({ x, y: point.value });
  }
  return placed;
};
const curveOfRounds = (points: PointMap, name: MetricName) =>
  (points.get(name) ?? []).flatMap(({ round, value }) =>
    round === undefined ? [] : [{ x: round, y: value }],
  );

type Named = Pick<ChartSeries, 'id' | 'label' | 'noisy' | 'points'>;

/** Two curves of which the first is pale and behind. */
function behindAndBefore(behind: Named, before: Named): ChartSeries[] {
  return [
    { ...behind, color: '--series-2', width: 1.25, faint: true },
    { ...before, color: '--series-1', width: 2.25 },
  ];
}

/** Loss or accuracy, of training and validation. */
export function trainingCurves(points: PointMap, what: 'loss' | 'accuracy', axis: XAxis): ChartSeries[] {
  return behindAndBefore(
    { id: 'train', label: 'Training', noisy: true, points: curve(points, `train/${what}`, axis) },
    { id: 'validation', label: 'Validation', points: curve(points, `validation/${what}`, axis) },
  );
}

export function sparsityCurve(points: PointMap, axis: XAxis): ChartSeries[] {
  const look = { color: '--series-3', width: 2 };
  return [{ id: 'sparsity', label: 'Weights pruned', ...look, points: curve(points, 'sparsity', axis) }];
}

export function learningRateCurve(points: PointMap, axis: XAxis): ChartSeries[] {
  const look = { color: '--series-4', width: 2 };
  return [{ id: 'rate', label: 'Learning rate', ...look, points: curve(points, 'learning-rate', axis) }];
}

/** How much of each round's mask was in the one before, of prunings that make masks round by round. */
export function roundCurves(points: PointMap): ChartSeries[] {
  return behindAndBefore(
    { id: 'jaccard', label: 'Jaccard distance', points: curveOfRounds(points, 'mask/jaccard') },
    { id: 'overlap', label: 'Was in the mask before', points: curveOfRounds(points, 'mask/overlap') },
  );
}

/** How far the mask of each epoch is from those before, while a ticket is looked for. */
export function distanceCurves(points: PointMap, axis: XAxis): ChartSeries[] {
  return behindAndBefore(
    { id: 'jaccard', label: 'Jaccard distance', points: curve(points, 'mask/jaccard', axis) },
    { id: 'hamming', label: 'Places that differ', points: curve(points, 'mask/hamming', axis) },
  );
}

/** The best accuracy so far of each method that searches for widths, over its evaluations. */
export function searchCurves(points: PointMap): ChartSeries[] {
  return searchMethodSchema.options
    .map((method) => ({
      id: method,
      label: SEARCH_NAMES[method],
      points: curveOfRounds(points, `search/${method}`),
    }))
    .filter((series) => series.points.length > 0)
    .map((series, i) => ({ ...series, ...seriesLook(i), width: 1.75 }));
}

/** Events as marks of an axis; those that the run has not come to have no place on it. */
export function marksOn(axis: XAxis, events: readonly RunEvent[]): ChartMark[] {
  return events.flatMap(({ kind, epoch, text }) => {
    const x = axis.at(epoch);
    return x === null ? [] : [{ x, label: text, kind }];
  });
}
