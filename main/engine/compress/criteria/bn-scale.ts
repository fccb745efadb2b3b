import { inputError } from '../../../contract/errors.ts';
import type { Network } from '../../network/graph.ts';
import type { Criterion } from './criterion.ts';

/**
 * The scale of batch norm as importance (network slimming, Liu et al. 2017, arXiv 1708.06519): every weight of a filter
 * scores |gamma| of the channel that the filter makes. Layers without a batch norm of their own are pruned last.
 */
export const bnScale: Criterion = {
  id: 'bn-scale',
  label: 'Batch-norm scale',
  summary: 'Keeps the channels whose batch norm scales them most; needs batch norms.',
  scopes: {
    ids: ['global'],
    why: 'all weights of a channel have one score, and layers without batch norm have none to rank by',
  },
  async score({ network, weights, params }) {
    const scales = scaleOfWeight(network);
    if (!params.some((name) => scales.has(name))) {
      throw inputError(
        'criterion/no-batch-norm',
        `${network.name} has no batch norms to read importance from.`,
        {
          field: 'prune.criterion',
          remedy: "Choose another criterion, such as 'magnitude' or 'lamp', or a network with batch norms.",
        },
      );
    }
    return new Map(
      params.map((name) => {
        const length = weights.get(name)?.data.length ?? 0;
        const scale = weights.get(scales.get(name) ?? '')?.data;
        if (scale === undefined) return [name, new Float32Array(length).fill(Infinity)];
        const perChannel = length / scale.length;
        const score = (_: unknown, i: number) => Math.abs(scale[Math.floor(i / perChannel)] ?? 0);
        return [name, Float32Array.from({ length }, score)];
      }),
    );
  },
};

/** Weight name -> name of the batch-norm scale that its layer's output goes through next. */
export function scaleOfWeight(network: Network): Map<string, string> {
  const norms = new Map(
    network.nodes
      .filter((node) => node.op === 'BatchNorm')
      .map((node) => [node.inputs[0] ?? '', node.params['scale'] ?? '']),
  );
  const found = new Map<string, string>();
  for (const { params, outputs, op } of network.nodes) {
    const weight = params['weight'];
    const scale = norms.get(outputs[0] ?? '');
    if ((op === 'Conv2D' || op === 'Dense') && weight !== undefined && scale !== undefined) {
      found.set(weight, scale);
    }
  }
  return found;
}
