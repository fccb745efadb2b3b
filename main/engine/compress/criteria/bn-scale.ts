import { inputError, type EspalierError } from '../../../contract/errors.ts';
import { prunableParams, type Network } from '../../network/graph.ts';
import { normsAfterWeights } from '../../network/norm-after.ts';
import type { Criterion } from './criterion.ts';

/**
 * The scale of batch norm as importance (network slimming, Liu et al. 2017, arXiv 1708.06519): every weight of a filter
 * scores |gamma| of the channel that the filter makes. Layers without a batch norm of their own are pruned last.
 */
export const bnScale: Criterion = {
  id: 'bn-scale',
  slims: true,
  label: 'Batch-norm scale',
  summary: 'Keeps the channels whose batch norm scales them most; needs batch norms.',
  scopes: {
    ids: ['global'],
    why: 'all weights of a channel have one score, and layers without batch norm have none to rank by',
  },
  unfit(network) {
    const norms = normsAfterWeights(network);
    return prunableParams(network).some((name) => norms.has(name)) ? undefined : withoutNorms(network);
  },
  async score({ network, weights, params }) {
    const norms = normsAfterWeights(network);
    if (!params.some((name) => norms.has(name))) throw withoutNorms(network);
    return new Map(
      params.map((name) => {
        const length = weights.get(name)?.data.length ?? 0;
        const scale = weights.get(norms.get(name)?.params['scale'] ?? '')?.data;
        if (scale === undefined) return [name, new Float32Array(length).fill(Infinity)];
        const perChannel = length / scale.length;
        const score = (_: unknown, i: number) => Math.abs(scale[Math.floor(i / perChannel)] ?? 0);
        return [name, Float32Array.from({ length }, score)];
      }),
    );
  },
};

function withoutNorms({ name }: Network): EspalierError {
  return inputError('criterion/no-batch-norm', `${name} has no batch norms to read importance from.`, {
    field: 'prune.criterion',
    remedy: "Choose another criterion, such as 'magnitude' or 'lamp', or a network with batch norms.",
  });
}
