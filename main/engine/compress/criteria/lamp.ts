import { maskedValues } from '../../network/masked.ts';
import type { Criterion } from './criterion.ts';

/**
 * Layer-adaptive magnitude (Lee et al. 2021, arXiv 2010.07611): w_i^2 / sum over the w_j of the layer that are at least as
 * large of w_j^2; of larger units than a weight, the mean of w^2 is in the place of w^2. The largest unit of every layer scores
 * 1, so that no layer is emptied while another keeps two.
 */
export const lamp: Criterion = {
  id: 'lamp',
  label: 'LAMP',
  summary:
    'Magnitude relative to the larger weights of the same layer: one global ranking that empties no layer.',
  async score({ weights, masks, params, units }) {
    const squares = new Map(
      params.map((name) => [
        name,
        Float64Array.from(maskedValues(name, weights, masks), (value) => value * value),
      ]),
    );
    const scores = [...units.reduce(squares)].map(([name, part]) => [name, lampScores(part)] as const);
    return units.spread(new Map(scores));
  },
};

/** Scores from squares. Equal ones share one score, with all of them in the denominator. */
export function lampScores(squares: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from(squares, (_, i) => i).sort(
    (a, b) => (squares[a] as number) - (squares[b] as number),
  );
  const scores = new Float64Array(squares.length);
  let denominator = 0;
  for (let end = order.length; end > 0;) {
    const square = squares[order[end - 1] as number] as number;
    let start = end;
    while (start > 0 && squares[order[start - 1] as number] === square) {
      start--;
      denominator += square;
    }
    for (let i = start; i < end; i++)
      scores[order[i] as number] = denominator === 0 ? 0 : square / denominator;
    end = start;
  }
  return scores;
}
