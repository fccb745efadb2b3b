import type { WeightSet } from '../../network/graph.ts';
import type { ScoreSet } from './criterion.ts';

/** A score of every weight from its value and another number of it, such as its gradient. */
export function scoresFrom(
  weights: WeightSet,
  others: ScoreSet,
  score: (weight: number, other: number) => number,
): ScoreSet {
  return new Map(
    [...others].map(([name, values]) => {
      const { data } = weights.get(name) ?? { data: new Float32Array() };
      return [name, Float64Array.from(data, (weight, i) => score(weight, values[i] as number))];
    }),
  );
}
