import type { Stage } from '../../compress/framework.ts';
import { rescale } from '../../compress/edge-of-chaos.ts';
import { applyMasks, layersLeft, overallSparsity } from '../../compress/masks.ts';
import { scoresOf, selectedBy } from '../../compress/select.ts';
import { shuffledMasks } from '../../compress/shuffle.ts';
import { epochsDone, record, selecting, type RunContext } from '../context.ts';
import { Demands } from './demands.ts';
import { foundWidths } from './found-widths.ts';
import { Rounds } from './rounds.ts';
import { warnOfLoss } from './warnings.ts';

/** Makes the masks of each target in turn and sets the pruned weights to zero at the end, or leaves that to the shrinking that follows. */
export async function runPruneStage(
  context: RunContext,
  stage: Extract<Stage, { kind: 'prune' }>,
): Promise<void> {
  const { model } = context.data;
  const subject = selecting(context);
  const demands = stage.demands && new Demands(context, stage.demands, stage.selection);
  const rounds = new Rounds(context, stage.targets.length);
  for (const [round, target] of stage.targets.entries()) {
    await context.control.gate();
    const label = `${stage.id}/${round}`;
    const { selection, shuffle, id } = stage;
    const { weights, masks, network } = model;
    const scores = await scoresOf(subject, selection, weights, masks, label);
    const select = (share: number, by = selection) =>
      stage.searched === true
        ? foundWidths(context, by, scores)
        : selectedBy(network, by, scores, share, masks, subject.base);
    const { selected } =
      demands === undefined
        ? { selected: select(target) }
        : await demands.met(select, target, stage.demands?.progress[round] ?? 1, scores);
    rounds.take(selected.kept);
    const last = round === stage.targets.length - 1;
    model.masks = shuffle && last ? shuffledMasks(subject, selection, selected, id) : selected.masks;
  }
  rounds.tell();
  const { network, weights, masks } = model;
  warnOfLoss(context, masks, 0);
  // What leaves next may still be a constant, which goes into what reads it.
  if (context.stages[context.data.stage + 1]?.kind !== 'shrink') applyMasks(weights, masks);
  if (stage.rescale === true) rescale(network, weights, masks);
  record(context, 0, { sparsity: overallSparsity(network, masks, context.base) });
  context.emit({
    type: 'layers',
    epoch: epochsDone(context, 0),
    layers: layersLeft(network, masks, context.base),
  });
}
