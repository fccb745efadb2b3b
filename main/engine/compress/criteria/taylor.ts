import type { Criterion } from './criterion.ts';
import { squaredSlopes } from './gates.ts';
import { meanSquaredGradients } from './gradients.ts';
import { scoresFrom } from './products.ts';

const SAMPLES = 2048;
const BATCH = 64;

/**
 * First-order Taylor importance (Molchanov et al. 2019, arXiv 1906.10771) of single weights: (g w)^2, the squared change of
 * the loss to first order when the weight is removed, averaged over mini-batches. Of a channel it is that of its gate: the
 * square of the sum of g w over the channel. Batch norms use their running statistics.
 */
export const taylor: Criterion = {
  id: 'taylor',
  label: 'First-order Taylor',
  summary:
    'Keeps the weights or channels whose removal would change the loss most, by its gradient on training batches.',
  aliases: ['first-order-taylor', 'gradient-times-weight'],
  computes: true,
  batchNorm: 'evaluation',
  pooling: { members: 'readers', slice: 'mean' },
  oneSided: true,
  async score(context) {
    const samples = context.data.shuffled(SAMPLES, BATCH);
    const { coupled } = context.units;
    if (coupled !== undefined) return squaredSlopes(context, coupled, samples);
    const squares = await meanSquaredGradients(context, samples);
    return scoresFrom(context.weights, squares, (weight, square) => square * weight * weight);
  },
};
