import type { HostRecord } from '../../backend/backend.ts';
import type { WeightSet } from '../../network/graph.ts';
import type { ScoreSet } from '../scores.ts';

/** A score of every weight from its value and another number of it, such as its gradient. */
export function scoresFrom(
  weights: WeightSet,
  others: ScoreSet,
  score: (weight: number, other: number) => number,
): ScoreSet {
  return new Map(
    [...others].map(([name, values]) => {
      const { data } = weights.get(name) ?? { data: new Float32Array() };
      const scores = new Float64Array(data.length);
      for (let i = 0; i < data.length; i++) scores[i] = score(data[i] as number, values[i] as number);
      return [name, scores];
    }),
  );
}

/** The numbers that a step gave for some names, in float64 and times a factor. */
export function scaled(
  values: HostRecord,
  names: readonly string[],
  factor: number,
  keyOf: (name: string) => string = (name) => name,
): ScoreSet {
  return new Map(
    names.map((name) => {
      const product = new Float64Array(values[keyOf(name)]?.data ?? []);
      for (let i = 0; i < product.length; i++) product[i] = (product[i] as number) * factor;
      return [name, product];
    }),
  );
}
