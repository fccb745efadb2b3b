import type { MetricName, MetricPoint, StageInfo } from '../../../main/contract/run.ts';
import { searchMethodSchema } from '../../../main/contract/search.ts';
import { SEARCH_NAMES } from '../../../main/words/search.ts';
import { seriesLook } from '../../charts/series-look.ts';
import type { ChartMark, ChartSeries } from '../../charts/series.ts';
import { pointsOf } from '../../stores/points.ts';

const curve = (points: readonly MetricPoint[], name: MetricName) =>
  pointsOf(points, name).flatMap(({ epoch, round, value }) =>
    round === undefined ? [{ x: epoch, y: value }] : [],
  );
const curveOfRounds = (points: readonly MetricPoint[], name: MetricName) =>
  pointsOf(points, name).flatMap(({ round, value }) => (round === undefined ? [] : [{ x: round, y: value }]));

type Named = Pick<ChartSeries, 'id' | 'label' | 'points'>;

/** Two curves of which the first is pale and behind. */
function behindAndBefore(behind: Named, before: Named): ChartSeries[] {
  return [
    { ...behind, color: '--series-2', width: 1.25, faint: true },
    { ...before, color: '--series-1', width: 2.25 },
  ];
}

/** Loss or accuracy, of training and validation. */
export function trainingCurves(points: readonly MetricPoint[], what: 'loss' | 'accuracy'): ChartSeries[] {
  return behindAndBefore(
    { id: 'train', label: 'Training', points: curve(points, `train/${what}`) },
    { id: 'validation', label: 'Validation', points: curve(points, `validation/${what}`) },
  );
}

export function sparsityCurve(points: readonly MetricPoint[]): ChartSeries[] {
  return [
    {
      id: 'sparsity',
      label: 'Weights pruned',
      color: '--series-3',
      width: 2,
      points: curve(points, 'sparsity'),
    },
  ];
}

/** How much of each round's mask was in the one before, of prunings that make masks round by round. */
export function roundCurves(points: readonly MetricPoint[]): ChartSeries[] {
  return behindAndBefore(
    { id: 'jaccard', label: 'Jaccard distance', points: curveOfRounds(points, 'mask/jaccard') },
    { id: 'overlap', label: 'Was in the mask before', points: curveOfRounds(points, 'mask/overlap') },
  );
}

/** How far the mask of each epoch is from those before, while a ticket is looked for. */
export function distanceCurves(points: readonly MetricPoint[]): ChartSeries[] {
  return behindAndBefore(
    { id: 'jaccard', label: 'Jaccard distance', points: curve(points, 'mask/jaccard') },
    { id: 'hamming', label: 'Places that differ', points: curve(points, 'mask/hamming') },
  );
}

/** The best accuracy so far of each method that searches for widths, over its evaluations. */
export function searchCurves(points: readonly MetricPoint[]): ChartSeries[] {
  return searchMethodSchema.options
    .map((method) => ({
      id: method,
      label: SEARCH_NAMES[method],
      points: curveOfRounds(points, `search/${method}`),
    }))
    .filter((series) => series.points.length > 0)
    .map((series, i) => ({ ...series, ...seriesLook(i), width: 1.75 }));
}

/** Where stages with epochs begin, in epochs of the whole run; the first has no line of its own. */
export function stageMarks(stages: readonly StageInfo[]): ChartMark[] {
  let epoch = 0;
  return stages.flatMap((stage) => {
    const mark = { x: epoch, label: stage.label };
    epoch += stage.epochs;
    return stage.epochs > 0 && mark.x > 0 ? [mark] : [];
  });
}
