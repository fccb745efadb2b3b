import { drawEdgeOfChaos } from '../../compress/edge-of-chaos.ts';
import type { Stage } from '../../compress/framework.ts';
import { applyMasks, copyWeights } from '../../compress/masks.ts';
import { restart } from '../../compress/restart.ts';
import type { WeightSet } from '../../network/graph.ts';
import { initialize } from '../../network/initialize.ts';
import { Random } from '../../base/random.ts';
import { freshOptimizer } from '../../train/training-model.ts';
import type { RunContext } from '../context.ts';

/**
 * Puts earlier or fresh values in place of the weights, under the masks that are there. The optimiser goes back with the weights:
 * to its state of the rewind point, or to none.
 */
export async function runRestoreStage(
  context: RunContext,
  stage: Extract<Stage, { kind: 'restore' }>,
): Promise<void> {
  const { data, network, recipe } = context;
  if (stage.from === 'init') data.masks = new Map();
  data.weights = valuesOf(context, stage);
  data.optimizer = stage.from === 'rewound' ? data.rewoundOptimizer : freshOptimizer();
  if (stage.restart !== undefined) {
    restart(network, data.weights, data.masks, stage.restart, recipe.seed, `weights/${stage.id}`);
  }
  // What the first training begins with, or a round with other values, is what criteria look back at.
  if (data.snapshots.has('init') && (data.steps === 0 || stage.restart !== undefined)) {
    data.snapshots.set('init', copyWeights(data.weights));
  }
  applyMasks(data.weights, data.masks);
}

function valuesOf(context: RunContext, { id, from }: Extract<Stage, { kind: 'restore' }>): WeightSet {
  const random = Random.from(context.recipe.seed, `weights/${id}`);
  if (from === 'fresh') return initialize(context.network, random);
  if (from === 'edge-of-chaos') return drawEdgeOfChaos(context.network, random);
  const kept = context.data.snapshots.get(from);
  if (kept === undefined) throw new Error(`the plan goes back to '${from}', which nothing kept`);
  return copyWeights(kept);
}
