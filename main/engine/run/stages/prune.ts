import type { Stage } from '../../compress/framework.ts';
import { rescale } from '../../compress/edge-of-chaos.ts';
import { applyMasks, layerSparsities, overallSparsity } from '../../compress/masks.ts';
import { selectMasks } from '../../compress/select.ts';
import type { MaskSet } from '../../network/graph.ts';
import { Random } from '../../base/random.ts';
import { epochsDone, record, type RunContext } from '../context.ts';
import { Rounds } from './rounds.ts';
import { warnOfLoss } from './warnings.ts';

/** Makes the masks of each target in turn and sets the pruned weights to zero at the end. */
export async function runPruneStage(
  context: RunContext,
  stage: Extract<Stage, { kind: 'prune' }>,
): Promise<void> {
  const { data, network, control, recipe } = context;
  const rounds = new Rounds(context, stage.targets.length);
  for (const [round, target] of stage.targets.entries()) {
    await control.gate();
    const label = `${stage.id}/${round}`;
    data.masks = await selectMasks(context, stage.selection, data.weights, data.masks, target, label);
    rounds.take(data.masks);
  }
  rounds.tell();
  if (stage.shuffle) data.masks = shuffled(data.masks, recipe.seed, stage.id);
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

/** Every layer keeps its number of weights and loses the choice of which (Frankle et al. 2021). */
export function shuffled(masks: MaskSet, seed: number, label: string): MaskSet {
  return new Map(
    [...masks].map(([name, mask]) => {
      const random = Random.from(seed, `${label}/shuffle/${name}`);
      const order = random.shuffle(Uint32Array.from(mask, (_, i) => i));
      return [name, Uint8Array.from(order, (i) => mask[i] ?? 0)];
    }),
  );
}
