import { maskedValues } from '../../network/masked.ts';
import { lampScores } from '../structures/lamp-scores.ts';
import type { Criterion } from './criterion.ts';
import { withScales } from './with-scales.ts';

/**
 * Layer-adaptive magnitude (Lee et al. 2021, arXiv 2010.07611): w_i^2 / sum over the w_j of the layer that are at least as
 * large of w_j^2; of blocks, the mean of w^2 is in the place of w^2, and of channels the mean over what makes and reads them of
 * the sum of w^2. The largest unit of every layer scores 1, so that no layer is emptied while another keeps two.
 */
export const lamp: Criterion = {
  id: 'lamp',
  label: 'LAMP',
  summary:
    'Magnitude relative to the larger weights of the same layer: one global ranking that empties no layer.',
  scored: withScales,
  pooling: { normalise: 'lamp' },
  async score({ weights, masks, params, units }) {
    const squares = new Map(
      params.map((name) => [
        name,
        Float64Array.from(maskedValues(name, weights, masks), (value) => value * value),
      ]),
    );
    // Those of channels are compared when they are pooled.
    if (units.coupled !== undefined) return squares;
    const scores = [...units.reduce(squares)].map(([name, part]) => [name, lampScores(part)] as const);
    return units.spread(new Map(scores));
  },
};
