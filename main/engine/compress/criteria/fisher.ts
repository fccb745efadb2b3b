import type { Criterion } from './criterion.ts';
import { squaredSlopes } from './gates.ts';
import { meanSquaredGradients } from './gradients.ts';
import { scoresFrom } from './products.ts';

/** One step per sample: the gradient of each by itself is what the Fisher information is made of. */
const SAMPLES = 256;

/**
 * Optimal brain damage (LeCun et al. 1990) with the diagonal of the empirical Fisher information in the Hessian's place:
 * w^2 / 2 * mean over samples of the squared gradient of that sample's loss. Of a channel it is the same of its gate (Theis et
 * al. 2018, arXiv 1801.05787; Liu et al. 2021, arXiv 2108.00708): half the mean over samples of the squared slope, the sum of
 * w g over the channel, so that the terms between its weights count too. Batch norms use their running statistics.
 */
export const fisher: Criterion = {
  id: 'fisher',
  label: 'Fisher (OBD)',
  summary:
    'Keeps the weights or channels whose removal would raise the loss most, by its curvature along each one.',
  aliases: ['hessian-diagonal', 'fisher-information'],
  computes: true,
  batchNorm: 'evaluation',
  pooling: { members: 'readers', slice: 'mean' },
  oneSided: true,
  async score(context) {
    const samples = context.data.shuffled(SAMPLES, 1);
    const { coupled } = context.units;
    if (coupled !== undefined) {
      const squares = await squaredSlopes(context, coupled, samples);
      for (const part of squares.values()) part.forEach((square, i) => (part[i] = square / 2));
      return squares;
    }
    const squares = await meanSquaredGradients(context, samples);
    return scoresFrom(context.weights, squares, (weight, square) => 0.5 * square * weight * weight);
  },
};
