import { inputError } from '../../../contract/errors.ts';
import type { Stage } from '../../compress/framework.ts';
import type { Network } from '../../network/graph.ts';
import type { RunContext } from '../context.ts';
import { hasBatchNorm, recalibrate } from '../../train/recalibrate.ts';
import { markAfter, markBefore } from './course.ts';
import { stageRandom } from './live-model.ts';

/** Gives batch norm the statistics that the weights as they stand have on the training part, with the accuracy before and after. */
export async function runRecalibrateStage(
  context: RunContext,
  stage: Extract<Stage, { kind: 'recalibrate' }>,
): Promise<void> {
  const { data, dataset, control, backend } = context;
  if (stage.optional === true && !hasBatchNorm(data.model.network)) return;
  await markBefore(context);
  data.model.weights = await recalibrate(backend, data.model, dataset, {
    batchSize: stage.batchSize,
    random: stageRandom(context, stage.id, 'batches'),
    gate: () => control.gate(),
  });
  await markAfter(context);
}

/** @throws EspalierError for a plan that recalibrates the batch norm of a network that has none. */
export function refuseWithoutBatchNorm(stages: readonly Stage[], network: Network): void {
  const needed = stages.some((stage) => stage.kind === 'recalibrate' && stage.optional !== true);
  if (!needed || hasBatchNorm(network)) return;
  throw inputError('recipe/recalibrate', `'${network.name}' has no batch norm to recalibrate.`, {
    field: 'prune.recalibrate',
    remedy: 'Leave prune.recalibrate out.',
  });
}
