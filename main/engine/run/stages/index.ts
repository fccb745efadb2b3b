import type { Stage } from '../../compress/framework.ts';
import type { RunContext } from '../context.ts';
import { runAimStage } from './aim.ts';
import { runBeginStage } from './begin-attempt.ts';
import { runEvaluateStage } from './evaluate.ts';
import { runFuseStage } from './fuse.ts';
import { runConfirmFusionsStage, runJudgeFusionStage, runSettleFusionsStage } from './judge-fusion.ts';
import { runJudgeStage } from './judge.ts';
import { runPruneStage } from './prune.ts';
import { runRecalibrateStage } from './recalibrate.ts';
import { runRestoreStage } from './restore.ts';
import { runSearchStage } from './search.ts';
import { runSettleStage } from './settle.ts';
import { runShrinkStage } from './shrink.ts';
import { runTrainStage } from './train.ts';

/** Runs one stage from where the run's data stands. */
export async function runStage(context: RunContext, stage: Stage): Promise<void> {
  switch (stage.kind) {
    case 'train':
      return runTrainStage(context, stage);
    case 'prune':
      return runPruneStage(context, stage);
    case 'aim':
      return runAimStage(context, stage);
    case 'search':
      return runSearchStage(context, stage);
    case 'restore':
      return runRestoreStage(context, stage);
    case 'fuse':
      return runFuseStage(context, stage);
    case 'recalibrate':
      return runRecalibrateStage(context, stage);
    case 'shrink':
      return runShrinkStage(context, stage);
    case 'begin':
      return runBeginStage(context);
    case 'judge':
      return runJudgeStage(context, stage);
    case 'settle':
      return runSettleStage(context);
    case 'judge-fusion':
      return runJudgeFusionStage(context, stage);
    case 'settle-fusions':
      return runSettleFusionsStage(context);
    case 'confirm-fusions':
      return runConfirmFusionsStage(context);
    case 'evaluate':
      return runEvaluateStage(context, stage);
  }
}
