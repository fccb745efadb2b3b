import type { CouplingOptions } from '../../../contract/groups.ts';
import { applyMasks, copyWeights } from '../../compress/masks.ts';
import type { Stage } from '../../compress/framework.ts';
import { batches } from '../../data/batches.ts';
import { prove } from '../../evaluate/proof.ts';
import { applyCut, channelsIn, cutBy } from '../../network/cut-by-masks.ts';
import { cutModel, cutSnapshot } from '../../network/cut.ts';
import { formatCount } from '../../../words/format.ts';
import type { RunContext } from '../context.ts';

/** Training samples on which the smaller network is held against the masked one. */
const PROBES = 256;

/** Takes out what is pruned, between two other stages. */
export async function runShrinkStage(
  context: RunContext,
  { label, coupling }: Extract<Stage, { kind: 'shrink' }>,
): Promise<void> {
  if (await takeOut(context, label, coupling)) return;
  context.emit({ type: 'log', level: 'info', text: `${label}: no channel is pruned whole, none leaves.` });
}

/**
 * Takes channels of which the masks keep nothing out of the network, and out of the earlier moments that later stages go back
 * to. The teacher stays what it was.
 * @param label what the removal is told by
 * @returns whether any left
 * @throws EspalierError 'structure/differs' when the smaller network does not compute what the masked one does
 */
export async function takeOut(
  context: RunContext,
  label: string,
  coupling: CouplingOptions,
): Promise<boolean> {
  const { data, dataset, evaluator } = context;
  const masked = { ...data.model, weights: copyWeights(data.model.weights) };
  applyMasks(masked.weights, masked.masks);
  const cut = cutBy(masked.masks, masked.network, coupling);
  if (channelsIn(cut.left) === 0) return false;
  const shrunk = applyCut(masked.network, cut);
  const compact = cutModel(masked, shrunk);
  // Without anything left to prune the next training needs no masks.
  if (![...compact.masks.values()].some((mask) => mask.includes(0))) compact.masks = new Map();
  const [probe] = batches(dataset.train, dataset, { batchSize: PROBES, order: 'sequential' });
  if (probe === undefined) throw new Error('there is training data');
  const proof = await prove(
    (model, { x, size }) => evaluator.logits(model, x, [size, ...dataset.sampleShape]),
    masked,
    compact,
    [probe],
  );
  evaluator.release(masked.network);
  for (const moment of ['init', 'rewound'] as const) {
    const kept = data.snapshots.get(moment);
    if (kept !== undefined) data.snapshots.set(moment, cutSnapshot(kept, shrunk));
  }
  data.model = compact;
  data.removals.push({ ...cut, label, network: compact.network, proof });
  context.emit({
    type: 'log',
    level: 'info',
    text: `${label}: ${formatCount(channelsIn(cut.left))} channels left; on ${formatCount(proof.samples)} samples the smaller network differs by ${proof.difference.toExponential(1)} of the largest logit at most.`,
  });
  return true;
}
