import { batchCount } from '../data/batches.ts';
import { mkdir } from 'node:fs/promises';
import type { Recipe } from '../../contract/recipe.ts';
import type { Report } from '../../contract/report.ts';
import { sweepAside } from '../../files/atomic.ts';
import { openBackend } from '../backend/choose.ts';
import type { ProviderProbe } from '../backend/provider.ts';
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
import { epochsOf, stageInfos, type Stage } from '../compress/framework.ts';
import { copyWeights } from '../compress/masks.ts';
import { identityOf } from '../compress/paradigms/revision.ts';
import { adviceOn } from '../compress/plan/advice.ts';
import { needsInitial } from '../compress/plan/needs-initial.ts';
import { refuseUnreachable } from '../compress/plan/reach.ts';
import { planOf } from '../compress/plan/plan.ts';
import { remarksOn } from '../compress/plan/remarks.ts';
import { CancelledError, type Control } from '../base/control.ts';
import type { Dataset } from '../data/dataset.ts';
import { loadDataset } from '../data/load.ts';
import { checkNormalization } from '../evaluate/normalization-check.ts';
import { refuseUnwritable } from './results/exports.ts';
import { finish } from './results/finish.ts';
import { wholeModel, type Weighed } from '../network/model.ts';
import { timeFusions } from './fusion-times.ts';
import { RunLogs } from './logs/run-logs.ts';
import { loadNetwork } from './network-source.ts';
import { runName } from './name.ts';
import { fusionSteps } from './fusion-work.ts';
import { ProgressMeter } from './progress.ts';
import { searchSteps, searchStepsDone } from './search-work.ts';
import { emptyWindow, type Emit, type RunContext, type RunData } from './context.ts';
import { sharedDense, type SharedDense } from './shared-dense.ts';
import { StageClock } from './stage-clock.ts';
import { refuseWithoutBatchNorm } from './stages/recalibrate.ts';
import { explainDivergence } from './stages/diverged.ts';
import { runStage } from './stages/index.ts';
import { refuseUnjudged } from './stages/judge.ts';
import { find, warn } from './stages/warnings.ts';
import { refuseTooLong } from './time-probe.ts';
import { refuseUnmet } from './unmet.ts';
import { Evaluator } from '../train/evaluator.ts';

export interface SessionOptions {
  readonly recipe: Recipe;
  /** The run's folder; made when it is not there. */
  readonly folder: string;
  /** Folder that relative paths in the recipe start from. */
  readonly baseFolder: string;
  readonly device: string;
  readonly threads?: number;
  /** Folder of dense trainings shared with other runs. */
  readonly sharedDense?: string;
  /** Folder for logs that hold several runs; the run's own if left out. */
  readonly logsFolder?: string;
  /** Go on from the folder's checkpoint; a run that ended before its first one begins anew. */
  readonly resume: boolean;
  /** How execution providers are tried; in this process when left out. */
  readonly probe?: ProviderProbe;
}

/**
 * One run, from recipe to report: read the data and the network, go through the plan's stages with a checkpoint after each,
 * write what the run leaves behind.
 * @throws CancelledError when the run was cancelled; its checkpoint is in the folder.
 * @throws EspalierError when the recipe, the data or the work itself is at fault.
 */
export async function runSession(options: SessionOptions, control: Control, emit: Emit): Promise<Report> {
  const { recipe, folder, baseFolder } = options;
  emit({ type: 'state', state: 'preparing' });
  await mkdir(folder, { recursive: true });
  await sweepAside(folder);
  // What is at fault with the plan is told before anything is read.
  planOf(recipe);
  const identity = identityOf(recipe);
  const dataset = await loadDataset(recipe.data, { seed: recipe.seed, baseFolder, signal: control.signal });
  const { network, weights, trained, notes, signature, origin } = await loadNetwork(
    recipe,
    dataset,
    baseFolder,
  );
  const stages = planOf(recipe, network);
  refuseUnreachable(recipe, network);
  refuseUnjudged(recipe, dataset);
  if (!options.resume) await refuseUnmet(stages, { network, weights });
  refuseWithoutBatchNorm(stages, network);
  refuseUnwritable(recipe.export, network, weights);
  const log = (text: string): void => emit({ type: 'log', level: 'info', text });
  const { train, validation, test } = dataset;
  log(
    `Data: ${dataset.name}, ${train.size} training, ${validation.size} validation and ${test.size} test samples.`,
  );
  for (const { text, remedy } of dataset.read?.problems ?? [])
    emit({ type: 'log', level: 'warning', text: `${text} ${remedy}` });
  notes.forEach(log);
  const { device, threads, probe } = options;
  const backend = await openBackend({ device, threads, probe });
  try {
    emit({ type: 'plan', stages: stageInfos(stages), device: backend.device });
    const kept = options.resume ? await loadCheckpoint(folder, identity, network) : undefined;
    const data = kept ?? freshData({ network, weights }, stages);
    const planned = planOf(recipe, network, data.search?.outcomes);
    log(`Device: ${backend.device}.`);
    if (kept !== undefined) log(`Going on from the checkpoint, after ${kept.steps} steps.`);
    else {
      for (const text of adviceOn(stages)) warn({ data, emit }, text);
      for (const text of remarksOn(stages, network)) find({ data, emit }, text);
    }
    if (kept === undefined && trained) {
      const { warnings } = await checkNormalization(network, weights, dataset);
      for (const text of warnings) warn({ data, emit }, text);
    }
    const clock = new StageClock(data);
    const logs = await RunLogs.open({
      recipe,
      name: runName(recipe, network.name),
      folder,
      shared: options.logsFolder ?? folder,
      resume: options.resume,
      history: data.history,
      tell: (level, text) => emit({ type: 'log', level, text }),
    });
    const fusingSteps = (some: readonly Stage[]) =>
      some.reduce(
        (sum, stage) => sum + (stage.kind === 'fuse' ? fusionSteps(stage, network, dataset) : 0),
        0,
      );
    const context: RunContext = {
      recipe,
      stages: planned,
      base: network,
      ...(signature && { signature }),
      ...(origin && { origin }),
      dataset,
      backend,
      evaluator: new Evaluator(backend),
      folder,
      control,
      progress: new ProgressMeter(
        totalSteps(stages, dataset),
        (progress) => emit({ type: 'progress', progress }),
        {
          total: searchSteps(stages) + fusingSteps(stages),
          done: searchStepsDone(stages, data.stage, data.widths) + fusingSteps(stages.slice(0, data.stage)),
        },
      ),
      emit(message) {
        emit(message);
        logs.hear(message);
      },
      data,
      worked: () => clock.worked(),
      async checkpoint() {
        clock.worked();
        await saveCheckpoint(folder, identity, data);
        control.checkpointMade();
        emit({ type: 'checkpoint', stage: data.stage, epoch: data.epoch });
      },
    };
    try {
      if (kept === undefined) {
        await refuseTooLong(context);
        await timeFusions(context);
      }
      emit({ type: 'state', state: 'running' });
      const shared =
        options.sharedDense === undefined ? undefined : sharedDense(options.sharedDense, context);
      if (data.steps === 0) {
        await shared?.take();
        logs.add(data.history);
      }
      await runStages(context, clock, shared);
      const report = await finish(context);
      await logs.finish(report);
      emit({ type: 'report', report });
      return report;
    } catch (error) {
      await logs.end(error instanceof CancelledError ? 'cancelled' : 'failed');
      throw error;
    }
  } finally {
    await backend.dispose();
  }
}

async function runStages(context: RunContext, clock: StageClock, shared?: SharedDense): Promise<void> {
  const { data, progress } = context;
  while (data.stage < context.stages.length) {
    await context.control.gate();
    const stage = context.stages[data.stage] as Stage;
    if (stage.attempt !== undefined && data.search?.over === true) {
      data.stage++;
      continue;
    }
    if (data.shallow && (stage.fusion ?? 0) > data.fusions.length) {
      progress.passed(
        stage.kind === 'fuse'
          ? fusionSteps(stage, context.base, context.dataset)
          : stepsOf(stage, context.dataset),
      );
      data.stage++;
      continue;
    }
    progress.next();
    progress.report(data.stage, data.epoch, data.steps, true);
    clock.start();
    try {
      await runStage(context, stage);
    } catch (error) {
      throw explainDivergence(error, context);
    } finally {
      clock.worked();
    }
    if (data.stage === 0) await shared?.keep();
    data.stage++;
    data.epoch = 0;
    data.batch = 0;
    data.dynamics = null;
    context.emit({
      type: 'log',
      level: 'info',
      text: `${stage.label}: done in ${(data.seconds[data.stage - 1] ?? 0).toFixed(1)} s.`,
    });
    await context.checkpoint();
  }
}

/** A run before its first stage. */
export function freshData(
  start: Weighed,
  stages: readonly Stage[],
  keepInitial = needsInitial(stages),
): RunData {
  return {
    stage: 0,
    epoch: 0,
    batch: 0,
    dynamics: null,
    steps: 0,
    window: emptyWindow(),
    model: wholeModel(start),
    snapshots: new Map(
      keepInitial ? [['init', wholeModel({ ...start, weights: copyWeights(start.weights) })]] : [],
    ),
    removals: [],
    fusions: [],
    shallow: false,
    extras: new Map(),
    history: [],
    seconds: stages.map(() => 0),
    findings: [],
    warnings: [],
    warned: [],
    search: null,
    widths: null,
    amounts: {},
    aim: null,
    widthTimes: null,
    original: null,
    dense: null,
    course: [],
    compressed: null,
  };
}

function totalSteps(stages: readonly Stage[], dataset: Dataset): number {
  return stages.reduce((sum, stage) => sum + stepsOf(stage, dataset), 0);
}

/** Optimiser steps of a stage. */
function stepsOf(stage: Stage, { train }: Dataset): number {
  return stage.kind === 'train' ? Math.round(epochsOf(stage) * batchCount(train, stage.spec.batchSize)) : 0;
}
