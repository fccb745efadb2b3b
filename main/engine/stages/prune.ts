import type { Stage } from '../compress/framework.ts';
import { applyMasks, layerSparsities, overallSparsity } from '../compress/masks.ts';
import { selectMasks } from '../compress/select.ts';
import { epochsDone, record, type RunContext } from '../run-context.ts';

/** Makes the masks of a target sparsity and sets the pruned weights to zero. */
export async function runPruneStage(
  context: RunContext,
  stage: Extract<Stage, { kind: 'prune' }>,
): Promise<void> {
  const { data, network } = context;
  data.masks = await selectMasks(context, stage.selection, stage.target, stage.id);
  applyMasks(data.weights, data.masks);
  record(context, 0, { sparsity: overallSparsity(network, data.masks) });
  context.emit({
    type: 'layers',
    epoch: epochsDone(context, 0),
    layers: layerSparsities(network, data.masks),
  });
}
