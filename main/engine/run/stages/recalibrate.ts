import { inputError } from '../../../contract/errors.ts';
import type { Stage } from '../../compress/framework.ts';
import type { Network } from '../../network/graph.ts';
import type { RunContext } from '../context.ts';
import { hasBatchNorm, recalibrate } from '../../train/recalibrate.ts';
import { formatPercent } from '../../../words/format.ts';
import { find } from './warnings.ts';
import { stageRandom } from './live-model.ts';

/** Measures the test part, then gives batch norm the statistics that the weights as they stand have on the training part. */
export async function runRecalibrateStage(
  context: RunContext,
  stage: Extract<Stage, { kind: 'recalibrate' }>,
): Promise<void> {
  const { data, dataset, evaluator, control, backend } = context;
  const before = await evaluator.evaluate(data.model, dataset, dataset.test, () => control.gate());
  if (stage.between !== true) data.accuracyBefore = before.accuracy;
  data.model.weights = await recalibrate(backend, data.model, dataset, {
    batchSize: stage.batchSize,
    random: stageRandom(context, stage.id, 'batches'),
    gate: () => control.gate(),
  });
  if (stage.between !== true) return;
  const after = await evaluator.evaluate(data.model, dataset, dataset.test, () => control.gate());
  find(
    context,
    `${stage.label}: test accuracy ${formatPercent(before.accuracy)} before, ${formatPercent(after.accuracy)} after.`,
  );
}

/** @throws EspalierError for a plan that recalibrates the batch norm of a network that has none. */
export function refuseWithoutBatchNorm(stages: readonly Stage[], network: Network): void {
  if (!stages.some((stage) => stage.kind === 'recalibrate') || hasBatchNorm(network)) return;
  throw inputError('recipe/recalibrate', `'${network.name}' has no batch norm to recalibrate.`, {
    field: 'prune.recalibrate',
    remedy: 'Leave prune.recalibrate out.',
  });
}
