import type { Criterion } from './criterion.ts';
import { withScales } from './with-scales.ts';
import { meanSquaredGradients } from './gradients.ts';
import { scoresFrom } from './products.ts';

/** One step per sample: the gradient of each by itself is what the Fisher information is made of. */
const SAMPLES = 256;

/**
 * Optimal brain damage (LeCun et al. 1990) with the diagonal of the empirical Fisher information in the Hessian's place:
 * w^2 / 2 * mean over samples of the squared gradient of that sample's loss. Batch norms use their running statistics.
 */
export const fisher: Criterion = {
  id: 'fisher',
  label: 'Diagonal Fisher (OBD)',
  summary:
    "Keeps the weights whose removal would raise the loss most, by its curvature along each weight's axis.",
  computes: true,
  batchNorm: 'evaluation',
  scored: withScales,
  async score(context) {
    const squares = await meanSquaredGradients(context, context.data.shuffled(SAMPLES, 1));
    return scoresFrom(context.weights, squares, (weight, square) => 0.5 * square * weight * weight);
  },
};
