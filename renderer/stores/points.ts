import type { MetricName, MetricPoint } from '../../main/contract/run.ts';

/** Joins what was fetched and what arrived meanwhile. A resumed run measures a step (and its rounds) again: the later point counts. */
export function mergePoints(
  old: readonly MetricPoint[],
  added: readonly MetricPoint[],
): readonly MetricPoint[] {
  const last = old.at(-1)?.step ?? -1;
  const inOrder = added.every(({ step }, index) => step > last && step >= (added[index - 1]?.step ?? 0));
  if (inOrder) return [...old, ...added];
  const at = new Map<string, MetricPoint>();
  for (const point of [...old, ...added]) at.set(`${point.name} ${point.step} ${point.round ?? ''}`, point);
  return [...at.values()].sort((a, b) => a.step - b.step);
}

/** One metric's points in the order of steps. */
export const pointsOf = (points: readonly MetricPoint[], name: MetricName): readonly MetricPoint[] =>
  points.filter((point) => point.name === name);
