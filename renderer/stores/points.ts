import type { LayerSparsity, MetricName, MetricPoint } from '../../main/contract/run.ts';

/** What a run has measured, by name; each list in the order of steps and rounds. */
export type PointMap = ReadonlyMap<MetricName, readonly MetricPoint[]>;

/** What was left of each layer at a moment, in epochs. */
export interface LayersAt {
  readonly epoch: number;
  readonly layers: readonly LayerSparsity[];
}

export const noPoints: PointMap = new Map();

const inOrder = (a: MetricPoint, b: MetricPoint) => a.step - b.step || (a.round ?? 0) - (b.round ?? 0);

/**
 * Joins what was fetched and what arrived meanwhile. A resumed run measures a step (and its rounds) again: the later point counts.
 * Lists of the old map are gone on with in place where all that is added comes behind, so that it costs what is added, however much
 * there is: the old map is not to be used any more.
 */
export function addPoints(old: PointMap, added: readonly MetricPoint[]): PointMap {
  const map = new Map(old);
  for (const [name, points] of Map.groupBy(added, (point) => point.name)) {
    const known = (map.get(name) ?? []) as MetricPoint[];
    const behind = points.every((point, index) => {
      const before = points[index - 1] ?? known.at(-1);
      return before === undefined || inOrder(before, point) < 0;
    });
    if (behind) {
      for (const point of points) known.push(point);
      map.set(name, known);
    } else {
      const at = new Map([...known, ...points].map((point) => [`${point.step} ${point.round ?? ''}`, point]));
      map.set(name, [...at.values()].sort(inOrder));
    }
  }
  return map;
}

/** How many points there are of all names. */
export const countOf = (points: PointMap): number =>
  [...points.values()].reduce((sum, list) => sum + list.length, 0);

/** One metric's points in the order of steps. */
export const pointsOf = (points: readonly MetricPoint[], name: MetricName): readonly MetricPoint[] =>
  points.filter((point) => point.name === name);
