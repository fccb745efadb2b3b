import { z } from 'zod';
import { inputError } from '../../contract/errors.ts';
import { couplingOptionsSchema } from '../../contract/groups.ts';
import type { Proof } from '../evaluate/proof.ts';
import { applyCut, type Cut } from '../network/cut-by-masks.ts';
import type { Network } from '../network/graph.ts';
import type { NewBiases } from '../network/shift-outputs.ts';
import { identityHash } from './identity.ts';

/** Channels that left the network in one stage. */
export interface Removal extends Cut {
  /** The stage's. */
  readonly label: string;
  readonly biases: NewBiases;
  /** What is left. */
  readonly network: Network;
  readonly proof: Proof;
}

/** A removal as a checkpoint has it: the network is made again from the one before it. */
export const keptRemovalSchema = z.object({
  label: z.string(),
  coupling: couplingOptionsSchema,
  left: z.record(z.string(), z.array(z.number().int().nonnegative())),
  biases: z.record(z.string(), z.string()).default({}),
  /** Of the network that was left. */
  hash: z.string(),
  proof: z.object({ difference: z.number(), samples: z.number() }),
});
type KeptRemoval = z.infer<typeof keptRemovalSchema>;

export function keptRemoval({ network, ...rest }: Removal): KeptRemoval {
  return { ...rest, left: mutable(rest.left), hash: identityHash(network) };
}

const mutable = (left: Cut['left']): Record<string, number[]> =>
  Object.fromEntries(Object.entries(left).map(([group, places]) => [group, [...places]]));

/**
 * Takes out of a network what left it before.
 * @param file the checkpoint that says so
 * @throws EspalierError when what is left is another network than the one that was kept
 */
export function replayed(base: Network, kept: readonly KeptRemoval[], file: string): Removal[] {
  let network = base;
  return kept.map(({ hash, ...removal }) => {
    network = withoutCut(network, removal) ?? base;
    if (identityHash(network) === hash) return { ...removal, network };
    throw inputError('checkpoint/damaged', 'The checkpoint is of a network with other channels.', {
      file,
      remedy: 'Start the run again.',
    });
  });
}

/** Undefined where the network has no such channels. */
function withoutCut(network: Network, cut: Cut): Network | undefined {
  try {
    return applyCut(network, cut).network;
  } catch {
    return undefined;
  }
}
