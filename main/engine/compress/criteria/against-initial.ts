import type { MaskSet, TensorData } from '../../network/graph.ts';
import { maskedValues } from '../../network/masked.ts';
import type { Criterion } from './criterion.ts';

/** Scores of one layer from its initial and its final weights; `alive` is 0 where an earlier round pruned. */
type Formula = (initial: Float32Array, final: Float32Array, alive: Uint8Array) => Float32Array;

/**
 * The mask criteria of Zhou et al. 2019 (arXiv 1905.01067, section 3) beside magnitude, which is their `large_final`: each
 * looks at a weight's value before and after training. Their ranking is within layers (`prune.scope: layerwise`).
 */
const rows: readonly (readonly [id: string, label: string, summary: string, formula: Formula])[] = [
  ['small-final', 'Small final', 'Keeps the smallest final weights: magnitude upside down.', each((_, f) => -Math.abs(f))],
  ['large-init', 'Large initial', 'Keeps the weights that were largest before training.', each((i) => Math.abs(i))],
  ['small-init', 'Small initial', 'Keeps the weights that were smallest before training.', each((i) => -Math.abs(i))],
  ['large-init-large-final', 'Large initial, large final', 'Keeps the weights that are among the largest of their layer both before and after training.', lower((w) => Math.abs(w))],
  ['small-init-small-final', 'Small initial, small final', 'Keeps the weights that are among the smallest of their layer both before and after training.', lower((w) => -Math.abs(w))],
  ['magnitude-increase', 'Magnitude increase', 'Keeps the weights whose magnitude grew most in training.', each((i, f) => Math.abs(f) - Math.abs(i))],
  ['movement', 'Movement', 'Keeps the weights that training moved furthest, in whichever direction.', each((i, f) => Math.abs(f - i))],
  ['large-final-same-sign', 'Large final, same sign', 'Keeps the largest final weights among those with the sign that they began with.', each((i, f) => (Math.sign(i) === Math.sign(f) ? Math.abs(f) : 0))],
  ['large-final-diff-sign', 'Large final, other sign', 'Keeps the largest final weights among those that changed their sign.', each((i, f) => (Math.sign(i) === Math.sign(f) ? 0 : Math.abs(f)))],
]; // prettier-ignore

export const againstInitial: readonly Criterion[] = rows.map(([id, label, summary, formula]) => ({
  id,
  label,
  summary,
  comparesWithInitial: true,
  async score({ weights, initial, masks, params }) {
    if (initial === undefined) throw new Error(`nothing kept the initial weights for '${id}'`);
    return new Map(
      params.map((name) => {
        const first = (initial.get(name) as TensorData).data;
        return [name, formula(first, maskedValues(name, weights, masks), aliveOf(masks, name, first.length))];
      }),
    );
  },
}));

/** A score of each weight by itself. */
function each(score: (initial: number, final: number) => number): Formula {
  return (initial, final) => initial.map((first, i) => score(first, final[i] as number));
}

/**
 * The lower of a weight's two places, before and after training, among what is alive of its layer, in shares of it: keeping the
 * highest scores keeps what lies above one and the same percentile of both.
 */
function lower(value: (w: number) => number): Formula {
  return (initial, final, alive) => {
    const after = places(final.map(value), alive);
    return places(initial.map(value), alive).map((place, i) => Math.min(place, after[i] as number));
  };
}

/** For each value that is alive, the share of those alive that are not larger; 0 for the others. */
function places(values: Float32Array, alive: Uint8Array): Float32Array {
  const sorted = values.filter((_, i) => alive[i] === 1).sort();
  return values.map((value, i) => (alive[i] === 1 ? notLarger(sorted, value) / sorted.length : 0));
}

/** How many of the ascending values are at most this one. */
function notLarger(sorted: Float32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function aliveOf(masks: MaskSet, name: string, length: number): Uint8Array {
  return masks.get(name) ?? new Uint8Array(length).fill(1);
}
