import type { Criterion } from './criterion.ts';
import { withScales } from './with-scales.ts';
import { meanSquaredGradients } from './gradients.ts';
import { scoresFrom } from './products.ts';

const SAMPLES = 2048;
const BATCH = 64;

/**
 * First-order Taylor importance (Molchanov et al. 2019, arXiv 1906.10771) of single weights: (g w)^2, the squared change of
 * the loss to first order when the weight is removed, averaged over mini-batches. Batch norms use their running statistics.
 */
export const taylor: Criterion = {
  id: 'taylor',
  label: 'First-order Taylor',
  summary: 'Keeps the weights whose removal would change the loss most, by its gradient on training batches.',
  computes: true,
  batchNorm: 'evaluation',
  scored: withScales,
  async score(context) {
    const squares = await meanSquaredGradients(context, context.data.shuffled(SAMPLES, BATCH));
    return scoresFrom(context.weights, squares, (weight, square) => square * weight * weight);
  },
};
