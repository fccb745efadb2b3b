import type { TensorData } from '../../network/graph.ts';
import type { Criterion } from './criterion.ts';
import { meanSquaredGradients } from './gradients.ts';
import { scoresFrom } from './products.ts';

/** One step per sample, as the Fisher information wants it. */
const SAMPLES = 256;

/**
 * Signal-to-noise |mean| / deviation under a factorised Gaussian posterior (Graves 2011; Blundell et al. 2015; Tran et al. 2022,
 * arXiv 2011.12829), which is Laplace's at the weights where training stands: the best factorised Gaussian beside one of precision L has
 * sigma_i^2 = 1 / L_ii. L_ii is the number of training samples times the diagonal of the empirical Fisher information, plus the precision
 * of a Gaussian prior a layer, whose variance is the mean square of the layer's weights. Without the prior the order is that of
 * optimal brain damage, without the data that of magnitude within a layer.
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
    const precision = new Map(
      params.map((name) => {
        const prior = 1 / meanSquare((weights.get(name) as TensorData).data);
        return [name, (squares.get(name) as Float32Array).map((square) => data.size * square + prior)];
      }),
    );
    return scoresFrom(weights, precision, (weight, of) => Math.abs(weight) * Math.sqrt(of));
  },
};

/** Of a layer's weights; of a layer that is zero everywhere a number that leaves its scores at zero. */
function meanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2;
  return sum === 0 ? 1 : sum / values.length;
}
