import { z } from 'zod';
import type { FusionReport } from '../../contract/fusion.ts';
import { fusionReportSchema } from '../../contract/fusion.ts';
import { inputError } from '../../contract/errors.ts';
import { wholeOf } from '../compress/budgets/terms.ts';
import { countedOf } from '../compress/budgets/index.ts';
import { fuse } from '../network/fuse/fuse.ts';
import { pairsOf, type Pair } from '../network/fuse/pairs.ts';
import { networkCost } from '../network/cost.ts';
import type { Network } from '../network/graph.ts';
import { identityHash } from './identity.ts';

/** What is kept of a fusion: all of the report that its networks and later measurements do not tell. */
type Kept = Omit<FusionReport, 'trained' | 'amounts' | 'kernel' | 'inputs'>;

/** Two layers that became one. */
export interface Fusion extends Kept {
  readonly pair: Pair;
  /** The network with the fused layer. */
  readonly network: Network;
}

/** A fusion as a checkpoint has it: the network is made again from the one before it. */
export const keptFusionSchema = fusionReportSchema
  .omit({ trained: true, amounts: true, kernel: true, inputs: true })
  .extend({ hash: z.string() });
type KeptFusion = z.infer<typeof keptFusionSchema>;

export function keptFusion({ pair: _pair, network, ...rest }: Fusion): KeptFusion {
  return { ...rest, hash: identityHash(network) };
}

/**
 * Fuses what was fused before.
 * @param file the checkpoint that says so
 * @throws EspalierError when what comes of it is another network than the one that was kept
 */
export function replayedFusions(base: Network, kept: readonly KeptFusion[], file: string): Fusion[] {
  let network = base;
  return kept.map(({ hash, ...fusion }) => {
    const pair = pairsOf(network).pairs.find(
      ({ first, second }) => first === fusion.first && second === fusion.second,
    );
    if (pair !== undefined && pair.refused === null) network = fuse(network, pair);
    if (pair !== undefined && identityHash(network) === hash) return { ...fusion, pair, network };
    throw inputError('checkpoint/damaged', 'The checkpoint is of a network with other layers.', {
      file,
      remedy: 'Start the run again.',
    });
  });
}

/**
 * The fusions of a run as its report has them.
 * @param last how the network answers in the end
 */
export function fusionReports(
  base: Network,
  fusions: readonly Fusion[],
  last: FusionReport['before'],
): FusionReport[] {
  return fusions.map(({ pair, network, ...fusion }, i) => ({
    ...fusion,
    kernel: pair.reach === null ? null : [...pair.reach.kernel],
    inputs: pair.inputs,
    trained: fusions[i + 1]?.before ?? last,
    amounts: { before: amountsOf(fusions[i - 1]?.network ?? base), after: amountsOf(network) },
  }));
}

function amountsOf(network: Network): FusionReport['amounts']['before'] {
  const { parameters, macs } = networkCost(network);
  return { layers: wholeOf(countedOf('layers'), network), parameters, macs };
}
