import type { Criterion } from './criterion.ts';
import { meanGradients } from './gradients.ts';
import { silenceDeadChannels } from './dead-channels.ts';
import { scoresFrom } from './products.ts';

/** The paper's rule of thumb is ten samples of every class at least. */
const PER_CLASS = 10;
/** Classes beyond this many samples are scored in several batches. */
export const LARGEST_BATCH = 256;

/**
 * Connection sensitivity (SNIP, Lee et al. 2019, arXiv 1810.02340): |w g|, with g the gradient of the mean loss over
 * class-balanced training samples (the absolute value of the summed gradient, not the sum of absolute values). The authors
 * score with batch norms in evaluation mode. Made anew at the masked point it is iterative SNIP, and with weights that may come
 * back FORCE (de Jorge et al. 2021, arXiv 2006.09081), whose authors score in training mode.
 */
export const snip: Criterion = {
  id: 'snip',
  label: 'SNIP',
  summary: 'Keeps the connections to which the loss is most sensitive: weight times gradient.',
  aliases: ['connection-sensitivity'],
  computes: true,
  batchNorm: 'evaluation',
  async score(context) {
    const samples = () => context.data.balanced(PER_CLASS, LARGEST_BATCH);
    const gradients = await meanGradients(context, samples());
    const scores = scoresFrom(context.weights, gradients, (weight, gradient) => Math.abs(weight * gradient));
    if (context.batchNorm === 'training') await silenceDeadChannels(context, samples(), scores);
    return scores;
  },
};
