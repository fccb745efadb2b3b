import type { Stage } from '../compress/framework.ts';
import { CALIBRATION } from '../search/evaluation.ts';
import type { WidthSearch } from './width-search.ts';

type SearchStage = Extract<Stage, { kind: 'search' }>;

/** What goes forward only takes about a third of a training step for as many samples. */
export const FORWARD = 1 / 3;

/** How many training steps an evaluation takes, about. */
export function stepsOfEvaluation({ samples, fineTune, spec }: SearchStage): number {
  return fineTune + (FORWARD * (samples + CALIBRATION)) / spec.batchSize;
}

/** All that a plan's searches take, in training steps. */
export function searchSteps(stages: readonly Stage[]): number {
  return stages.reduce((sum, stage) => sum + (stage.kind === 'search' ? wholeOf(stage) : 0), 0);
}

/** What is done of that. @param at the stage at work */
export function searchStepsDone(stages: readonly Stage[], at: number, widths: WidthSearch | null): number {
  const now = stages[at];
  const before = searchSteps(stages.slice(0, at));
  if (now?.kind !== 'search' || widths?.stage !== at) return before;
  const done = widths.trials.reduce(
    (sum, { over, tried }) => sum + (over ? now.evaluations : tried.length),
    0,
  );
  return before + done * stepsOfEvaluation(now);
}

/** All that a search takes, in training steps of its own batches. */
export const wholeOf = (stage: SearchStage): number =>
  stage.methods.length * stage.evaluations * stepsOfEvaluation(stage);
