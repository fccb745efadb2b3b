import { inputError, type EspalierError } from '../../../contract/errors.ts';
import type { Network } from '../../network/graph.ts';
import { batchNorms } from '../../network/norm-after.ts';
import { coupling } from '../../network/coupling/index.ts';
import type { Criterion } from './criterion.ts';

/**
 * The scale of batch norm as importance (network slimming, Liu et al. 2017, arXiv 1708.06519): a channel scores |gamma|, and
 * where a sum ties the channels of several norms, the largest of theirs, as the channel lives if any branch needs it. Channels
 * without a batch norm have nothing to rank by and are never pruned.
 */
export const bnScale: Criterion = {
  id: 'bn-scale',
  slims: true,
  label: 'Batch-norm scale',
  summary: 'Keeps the channels whose batch norm scales them most; needs batch norms.',
  aliases: ['network-slimming', 'slimming', 'batch-norm-scale'],
  structures: { ids: ['channel'], why: 'a scale belongs to a whole channel' },
  scored: (network) => scalesOf(network),
  pooling: { pool: 'max', normalise: 'none' },
  unfit(network) {
    const scales = scalesOf(network);
    const { groups } = coupling(network);
    const any = groups.some(({ components: [first] }) =>
      first?.members.some(({ param }) => scales.includes(param)),
    );
    return any ? undefined : withoutNorms(network);
  },
  async score({ network, weights, params, units }) {
    if (units.groups.length === 0) throw withoutNorms(network);
    return new Map(
      params.map((name) => [name, (weights.get(name)?.data ?? new Float32Array()).map(Math.abs)]),
    );
  },
};

function scalesOf(network: Network): string[] {
  return batchNorms(network).flatMap(({ params }) => params['scale'] ?? []);
}

function withoutNorms({ name }: Network): EspalierError {
  return inputError(
    'criterion/no-batch-norm',
    `${name} has no batch norms of channels that may leave to read importance from.`,
    {
      field: 'prune.criterion',
      remedy: "Choose another criterion, such as 'magnitude' or 'lamp', or a network with batch norms.",
    },
  );
}
