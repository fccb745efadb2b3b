import type { Cost } from '../../contract/speed.ts';
import { EspalierError } from '../../contract/errors.ts';
import { epochsOf, type Stage } from '../compress/framework.ts';
import { needsInitial } from '../compress/plan/needs-initial.ts';
import { exportFormats } from '../formats/index.ts';
import { prunableParams, sizeOf } from '../network/graph.ts';
import { networkCost } from '../network/cost.ts';
import type { Model } from '../network/model.ts';
import { optimizers } from '../train/optimizers/index.ts';
import type { RunContext } from './context.ts';
import { foreseenSeconds } from './time-probe.ts';

const FLOAT_BYTES = 4;
/** Of report, history, log and what else is text. */
const TEXT_BYTES = 200_000;

/**
 * What a plan takes of time, memory and disk on this machine, from some steps of its first training and from its tensors.
 * @param compressed what becomes of the network, with any weights: its exports are written and weighed
 */
export async function costOfRun(
  context: RunContext,
  compressed: Pick<Model, 'network' | 'weights' | 'masks'>,
): Promise<Cost> {
  const seconds = await foreseenSeconds(context);
  // In kilobytes wherever libuv runs.
  const memoryBytes = process.resourceUsage().maxRSS * 1024;
  const exported = await exportBytes(context, compressed);
  // A checkpoint is written whole beside the one that it replaces.
  return { seconds, memoryBytes, diskBytes: 2 * checkpointBytes(context) + exported + TEXT_BYTES };
}

/** Bytes of the largest checkpoint of a plan: weights, slots of the optimiser, masks, and the moments that are gone back to. */
function checkpointBytes({ base, stages, recipe }: RunContext): number {
  const weights = FLOAT_BYTES * Object.values(base.params).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const learned = FLOAT_BYTES * networkCost(base).parameters;
  const masks = prunableParams(base).reduce((sum, name) => sum + sizeOf(base.params[name]?.shape ?? []), 0);
  const slots = Math.max(0, ...stages.map((stage) => slotsOf(stage) * learned));
  const floor = recipe.budget.accuracyDrop !== undefined;
  const moments = [
    needsInitial(stages),
    stages.some((stage) => stage.kind === 'train' && stage.keepAt !== undefined),
    stages.some((stage) => stage.kind === 'train' && stage.spec.distill !== undefined),
    // The network that every attempt begins with, and the best that held.
    floor,
    floor,
  ].filter(Boolean).length;
  return weights * (1 + moments) + slots + masks;
}

function slotsOf(stage: Stage): number {
  return stage.kind === 'train' && epochsOf(stage) > 0 ? optimizers[stage.spec.optimizer].slots.length : 0;
}

/** Bytes of the files that a recipe asks for; of a format that has no words for the network nothing. */
async function exportBytes(
  { recipe, dataset }: RunContext,
  { network, weights, masks }: Pick<Model, 'network' | 'weights' | 'masks'>,
): Promise<number> {
  let bytes = 0;
  for (const id of recipe.export) {
    try {
      const files = await exportFormats.get(id).write({
        ...{ network, weights, masks, metadata: {} },
        dataset: () => Promise.resolve(dataset),
      });
      for (const file of files) bytes += file.bytes.byteLength;
    } catch (error) {
      if (!(error instanceof EspalierError)) throw error;
    }
  }
  return bytes;
}
