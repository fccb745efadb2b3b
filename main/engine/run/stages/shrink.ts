import type { CouplingOptions } from '../../../contract/groups.ts';
import type { Stage } from '../../compress/framework.ts';
import { prove } from '../../evaluate/proof.ts';
import { applyCut, channelsIn, cutBy } from '../../network/cut-by-masks.ts';
import { cutModel, cutSnapshot } from '../../network/cut.ts';
import { foldLeaving } from '../../network/fold-leaving.ts';
import { maskedSet } from '../../network/masked.ts';
import { formatCount } from '../../../words/format.ts';
import type { RunContext } from '../context.ts';
import { markAfter } from './course.ts';
import { Probes, tellOfConstants } from './constants-left.ts';

/** Takes out what is pruned, between two other stages. What is left of it without its weights goes into what reads it. */
export async function runShrinkStage(
  context: RunContext,
  { label, coupling }: Extract<Stage, { kind: 'shrink' }>,
): Promise<void> {
  const { data, emit } = context;
  if (await takeOut(context, label, coupling, keepsWeights(context))) {
    await markAfter(context);
    return;
  }
  data.model = { ...data.model, weights: maskedSet(data.model.weights, data.model.masks) };
  emit({ type: 'log', level: 'info', text: `${label}: no channel is pruned whole, none leaves.` });
}

/** Whether training goes on with the weights as they stand: what is put in their place has no use for their constants. */
function keepsWeights({ stages, data }: RunContext): boolean {
  return stages.slice(data.stage + 1).find(({ kind }) => kind !== 'recalibrate')?.kind !== 'restore';
}

/**
 * Takes channels of which the masks keep nothing out of the network, and out of the earlier moments that later stages go back
 * to. The teacher stays what it was.
 * @param label what the removal is told by
 * @param folds whether weights may be as they were before they were masked, and the constants of biases and shifts go into
 * what reads them
 * @returns whether any left
 * @throws EspalierError 'structure/differs' when the smaller network does not compute what the masked one does
 */
export async function takeOut(
  context: RunContext,
  label: string,
  coupling: CouplingOptions,
  folds = false,
): Promise<boolean> {
  const { data, evaluator, emit } = context;
  const { model } = data;
  const cut = cutBy(model.masks, model.network, coupling);
  if (channelsIn(cut.left) === 0) return false;
  const probes = new Probes(context);
  const leaving = folds ? await foldLeaving(model, cut, probes.values) : undefined;
  const masked = leaving?.masked ?? { ...model, weights: maskedSet(model.weights, model.masks) };
  const removal = { ...cut, biases: leaving?.biases ?? {} };
  const shrunk = applyCut(model.network, removal);
  const compact = cutModel(masked, shrunk);
  // Without anything left to prune the next training needs no masks.
  if (![...compact.masks.values()].some((mask) => mask.includes(0))) compact.masks = new Map();
  const proof = await prove(probes.answer, masked, compact, probes.batches());
  if (leaving !== undefined) await tellOfConstants(context, label, leaving, compact, probes);
  for (const network of new Set([model.network, masked.network])) evaluator.release(network);
  for (const moment of ['init', 'rewound'] as const) {
    const kept = data.snapshots.get(moment);
    if (kept !== undefined) data.snapshots.set(moment, cutSnapshot(kept, shrunk));
  }
  data.model = compact;
  data.removals.push({ ...removal, label, network: compact.network, proof });
  emit({
    type: 'log',
    level: 'info',
    text: `${label}: ${formatCount(channelsIn(cut.left))} channels left; on ${formatCount(proof.samples)} samples the smaller network differs by ${proof.difference.toExponential(1)} of the largest logit at most.`,
  });
  return true;
}
