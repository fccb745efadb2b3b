import type { Criterion, ScoringContext } from './criterion.ts';
import type { ScoreSet } from '../scores.ts';
import { meanGradients } from './gradients.ts';
import { withoutDerivative } from './hessian/derivative.ts';
import { hessianGradientProduct, hessianProducts } from './hessian/products.ts';
import { scoresFrom } from './products.ts';
import { LARGEST_BATCH } from './snip.ts';

const PER_CLASS = 10;
/** Softens the outputs of an untrained network, so that its errors and not its confidences shape the ranking. */
const TEMPERATURE = 200;

/**
 * Gradient signal preservation (GraSP, Wang et al. 2020, arXiv 2002.07376). The paper removes the weights with the largest
 * S = -w Hg, those without which the gradient would be longest; as higher scores are kept here, the score is -S = w Hg. H is
 * the Hessian of the mean loss over ten samples of every class, logits divided by 200, batch norms in training mode as in the
 * authors' code; g and Hg are over the scored weights. Hg is exact to rounding: the gradient of the loss's derivative along g.
 */
export const grasp: Criterion = {
  id: 'grasp',
  label: 'GraSP',
  summary:
    'Keeps the weights without which the gradient would shrink most: weight times Hessian times gradient.',
  computes: true,
  batchNorm: 'training',
  temperature: TEMPERATURE,
  unfit: withoutDerivative,
  async score(context) {
    const products = await gradientProducts(context);
    return scoresFrom(context.weights, products, (weight, product) => weight * product);
  },
};

/** H g over all samples: in one go where they fit into one batch, or else the gradient first and the products after it. */
async function gradientProducts(context: ScoringContext): Promise<ScoreSet> {
  const samples = () => context.data.balanced(PER_CLASS, LARGEST_BATCH);
  const [first, second] = samples();
  if (first !== undefined && second === undefined) {
    return hessianGradientProduct(context, first, TEMPERATURE);
  }
  const gradients = await meanGradients(context, samples(), TEMPERATURE);
  return hessianProducts(context, samples(), gradients, TEMPERATURE);
}
