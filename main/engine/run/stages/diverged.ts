import { EspalierError, runError } from '../../../contract/errors.ts';
import type { Stage } from '../../compress/framework.ts';
import type { RunContext } from '../context.ts';

type TrainStage = Extract<Stage, { kind: 'train' }>;

/** Codes of errors that say that numbers left the range of numbers. */
const DIVERGED: readonly string[] = ['train/diverged', 'prune/diverged', 'prune/nan-score'];

/**
 * An error of the stage at work, with the stage's name and the field of the recipe that changes it where a training diverged, in
 * this stage or before it; other errors as they are.
 */
export function explainDivergence(error: unknown, { data, stages }: RunContext): unknown {
  if (!(error instanceof EspalierError) || !DIVERGED.includes(error.problem.code)) return error;
  const here = stages[data.stage];
  const training = stages
    .slice(0, data.stage + 1)
    .findLast((stage): stage is TrainStage => stage.kind === 'train');
  const { code, message } = error.problem;
  const where = here === undefined ? message : `${here.label}, epoch ${data.epoch + 1}: ${message}`;
  if (training === undefined)
    return runError(code, where, {
      field: 'network',
      remedy: "Look at the network's own weights: they give numbers beyond all bounds on these data.",
    });
  const { part, spec, label } = training;
  const whose = training === here ? '' : ` of '${label}'`;
  return runError(code, where, {
    field: `${part}.lr`,
    remedy: `Lower the learning rate${whose}, ${part}.lr (it is ${spec.lr}), for example to ${Number((spec.lr / 10).toPrecision(2))}, or give ${part}.warmup an epoch or more.`,
  });
}
