import { drawEdgeOfChaos } from '../../compress/edge-of-chaos.ts';
import type { Stage } from '../../compress/framework.ts';
import { applyMasks, copyWeights } from '../../compress/masks.ts';
import { restart } from '../../compress/restart.ts';
import { initialize } from '../../network/initialize.ts';
import { wholeModel, type Snapshot } from '../../network/model.ts';
import { Random } from '../../base/random.ts';
import type { RunContext } from '../context.ts';

/**
 * Puts earlier or fresh values in place of the weights, under the masks that are there. The optimiser goes back with the weights:
 * to its state of the rewind point, or to none.
 */
export async function runRestoreStage(
  context: RunContext,
  stage: Extract<Stage, { kind: 'restore' }>,
): Promise<void> {
  const { data, recipe } = context;
  const masks = stage.from === 'init' ? new Map<string, Uint8Array>() : data.model.masks;
  data.model = { ...startOf(context, stage), masks };
  const { network, weights } = data.model;
  if (stage.restart !== undefined) {
    restart(network, weights, masks, stage.restart, recipe.seed, `weights/${stage.id}`);
  }
  // What the first training begins with, or a round with other values, is what criteria look back at.
  if (data.snapshots.has('init') && (data.steps === 0 || stage.restart !== undefined)) {
    data.snapshots.set('init', wholeModel({ network, weights: copyWeights(weights) }));
  }
  applyMasks(weights, masks);
}

function startOf(context: RunContext, { id, from }: Extract<Stage, { kind: 'restore' }>): Snapshot {
  const { network } = context.data.model;
  const random = Random.from(context.recipe.seed, `weights/${id}`);
  if (from === 'fresh') return wholeModel({ network, weights: initialize(network, random) });
  if (from === 'edge-of-chaos') return wholeModel({ network, weights: drawEdgeOfChaos(network, random) });
  const kept = context.data.snapshots.get(from);
  if (kept === undefined) throw new Error(`the plan goes back to '${from}', which nothing kept`);
  return { ...kept, weights: copyWeights(kept.weights) };
}
