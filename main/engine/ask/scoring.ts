import type { Recipe } from '../../contract/recipe.ts';
import { openBackend } from '../backend/choose.ts';
import type { ProviderProbe } from '../backend/provider.ts';
import { dynamicsKinds } from '../compress/dynamics/index.ts';
import type { Stage } from '../compress/framework.ts';
import type { Selection } from '../compress/selection.ts';
import type { Control } from '../base/control.ts';
import { loadDataset } from '../data/load.ts';
import type { Network } from '../network/graph.ts';
import { loadNetwork } from '../run/network-source.ts';
import { ProgressMeter } from '../run/progress.ts';
import type { Emit, RunContext } from '../run/context.ts';
import { freshData } from '../run/session.ts';
import { runStage } from '../run/stages/index.ts';
import { Evaluator } from '../train/evaluator.ts';

export interface ScoringOptions {
  readonly recipe: Recipe;
  readonly baseFolder: string;
  readonly device: string;
  readonly threads?: number | undefined;
  /** How execution providers are tried; in this process when left out. */
  readonly probe?: ProviderProbe;
}

/** A run's data, network and device, for scores without the run; closed by whoever opened it. */
export interface Scoring {
  readonly context: RunContext;
  close(): Promise<void>;
}

/**
 * Opens what scoring needs and does the stages that come before it, which may hang on the network, without checkpoints.
 * @throws EspalierError when the recipe is at fault.
 * @throws CancelledError when it was cancelled.
 */
export async function openScoring(
  { recipe, baseFolder, device, threads, probe }: ScoringOptions,
  stagesBefore: (base: Network) => readonly Stage[],
  control: Control,
  emit: Emit = () => undefined,
): Promise<Scoring> {
  const dataset = await loadDataset(recipe.data, {
    seed: recipe.seed,
    baseFolder,
    signal: control.signal,
  });
  const { network, weights } = await loadNetwork(recipe, dataset, baseFolder);
  const before = stagesBefore(network);
  const backend = await openBackend({ device, threads, probe });
  const data = freshData({ network, weights }, before, true);
  const context: RunContext = {
    recipe,
    stages: before,
    base: network,
    dataset,
    backend,
    evaluator: new Evaluator(backend),
    folder: baseFolder,
    control,
    progress: new ProgressMeter(0, (progress) => emit({ type: 'progress', progress })),
    emit,
    data,
    worked: () => 0,
    checkpoint: () => Promise.resolve(),
  };
  const close = () => backend.dispose();
  try {
    for (const stage of before) {
      await runStage(context, stage);
      data.stage++;
      data.epoch = 0;
      data.batch = 0;
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { context, close };
}

/** What a stage that prunes by scores selects; a gradual one is taken as if it went to its target at once. */
export function pruningOf(
  stage: Stage,
): { readonly selection: Selection; readonly targets: readonly number[] } | undefined {
  if (stage.kind === 'prune') return stage;
  if (stage.kind !== 'train' || stage.dynamics === undefined) return undefined;
  const { id, selection, target } = stage.dynamics;
  return dynamicsKinds.get(id).usesCriterion ? { selection, targets: [target] } : undefined;
}
