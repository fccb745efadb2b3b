import type { TensorData } from '../../network/graph.ts';
import type { Criterion } from './criterion.ts';
import { meanSquaredGradients } from './gradients.ts';
import { scoresFrom } from './products.ts';

/** One step per sample, as the Fisher information wants it. */
const SAMPLES = 256;

/**
 * Signal-to-noise |mean| / deviation under a factorised Gaussian posterior (Graves 2011; Blundell et al. 2015; Tran et al. 2022,
 * arXiv 2011.12829). The likelihood is Laplace's at the weights w where training stands: its precision f along a weight is the number of
 * training samples times the diagonal of the empirical Fisher information. The prior is Gaussian with mean zero and, a layer, the
 * precision a of the mean square of its weights. Their product has precision f + a and mean w f / (f + a), so that the
 * signal-to-noise is |w| f / sqrt(f + a). Without the prior the order is that of optimal brain damage; a weight that the data say
 * nothing of has the prior's mean, zero, wherever it was drawn.
 */
export const snr: Criterion = {
  id: 'snr',
  label: 'Posterior signal-to-noise',
  summary: 'Keeps the weights whose posterior mean is largest beside its standard deviation.',
  computes: true,
  batchNorm: 'evaluation',
  pooling: { power: 2 },
  async score(context) {
    const { weights, data, params } = context;
    const squares = await meanSquaredGradients(context, data.shuffled(SAMPLES, 1));
    const signal = new Map(
      params.map((name) => {
        const prior = 1 / meanSquare((weights.get(name) as TensorData).data);
        const ofWeight = (square: number) => {
          const likelihood = data.size * square;
          return likelihood / Math.sqrt(likelihood + prior);
        };
        return [name, (squares.get(name) as Float32Array).map(ofWeight)];
      }),
    );
    return scoresFrom(weights, signal, (weight, of) => Math.abs(weight) * of);
  },
};

/** Of a layer's weights; of a layer that is zero everywhere a number that leaves its scores at zero. */
function meanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2;
  return sum === 0 ? 1 : sum / values.length;
}
