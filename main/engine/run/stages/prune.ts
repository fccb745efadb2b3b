import type { Stage } from '../../compress/framework.ts';
import { rescale } from '../../compress/edge-of-chaos.ts';
import { applyMasks, layerSparsities, overallSparsity } from '../../compress/masks.ts';
import { selectMasks } from '../../compress/select.ts';
import { shuffledMasks } from '../../compress/shuffle.ts';
import { epochsDone, record, type RunContext } from '../context.ts';
import { Rounds } from './rounds.ts';
import { warnOfLoss } from './warnings.ts';

/** Makes the masks of each target in turn and sets the pruned weights to zero at the end. */
export async function runPruneStage(
  context: RunContext,
  stage: Extract<Stage, { kind: 'prune' }>,
): Promise<void> {
  const { data, network, control } = context;
  const rounds = new Rounds(context, stage.targets.length);
  for (const [round, target] of stage.targets.entries()) {
    await control.gate();
    const label = `${stage.id}/${round}`;
    const { selection, shuffle, id } = stage;
    const selected = await selectMasks(context, selection, data.weights, data.masks, target, label);
    rounds.take(selected.kept);
    const last = round === stage.targets.length - 1;
    data.masks = shuffle && last ? shuffledMasks(context, selection, selected, id) : selected.masks;
  }
  rounds.tell();
  warnOfLoss(context, data.masks, 0);
  applyMasks(data.weights, data.masks);
  if (stage.rescale === true) rescale(network, data.weights, data.masks);
  record(context, 0, { sparsity: overallSparsity(network, data.masks) });
  context.emit({
    type: 'layers',
    epoch: epochsDone(context, 0),
    layers: layerSparsities(network, data.masks),
  });
}
