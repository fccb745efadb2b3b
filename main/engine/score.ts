import { inputError } from '../contract/errors.ts';
import type { Recipe } from '../contract/recipe.ts';
import { openBackend } from './backend/choose.ts';
import type { ScoreSet } from './compress/criteria/criterion.ts';
import { scoringData } from './compress/criteria/scoring-data.ts';
import { dynamicsKinds } from './compress/dynamics/index.ts';
import type { Selection, Stage } from './compress/framework.ts';
import { planOf } from './compress/plan.ts';
import { masksFrom, scoresOf } from './compress/select.ts';
import type { Control } from './control.ts';
import { loadDataset } from './data/load.ts';
import { writeSafetensors, type NamedTensor } from './formats/safetensors/write.ts';
import { loadNetwork } from './network-source.ts';
import type { MaskSet, Network, WeightSet } from './network/graph.ts';
import { ProgressMeter } from './progress.ts';
import type { Emit, RunContext } from './run-context.ts';
import { freshData } from './session.ts';
import { runStage } from './stages/index.ts';
import { Evaluator } from './train/evaluator.ts';

export interface ScoreOptions {
  readonly recipe: Recipe;
  readonly baseFolder: string;
  readonly device: string;
  readonly threads?: number | undefined;
}

/** What a recipe's first pruning goes by. */
export interface Scored {
  readonly network: Network;
  readonly selection: Selection;
  /** Share of the candidates that `masks` prunes. */
  readonly sparsity: number;
  /** How many times the weights were scored; scores are those of the last time. */
  readonly rounds: number;
  readonly scores: ScoreSet;
  readonly masks: MaskSet;
  /** Weights before masking, as they were scored. */
  readonly weights: WeightSet;
  /** Indices within the training part, ascending, of the samples that the last scores came from, and their classes. */
  readonly samples: Int32Array;
  readonly labels: Int32Array;
  readonly fingerprint: string;
}

/**
 * Scores and masks of a recipe's first pruning, made as a run of it makes them: what comes before it (a dense training) is
 * done, the comparison with a dense network is not.
 * @throws EspalierError when the recipe is at fault, or learns its masks without scores.
 * @throws CancelledError when it was cancelled.
 */
export async function scoreRecipe(options: ScoreOptions, control: Control, emit: Emit): Promise<Scored> {
  const recipe = { ...options.recipe, baseline: false };
  const stages = planOf(recipe);
  const at = stages.findIndex((stage) => pruningOf(stage) !== undefined);
  const stage = stages[at];
  const pruning = stage === undefined ? undefined : pruningOf(stage);
  if (stage === undefined || pruning === undefined) {
    throw inputError('score/learned', `${recipe.paradigm} learns its masks and scores no weights.`, {
      field: 'paradigm',
      remedy: "Choose a paradigm with a criterion, such as 'snip' or 'magnitude-one-shot'.",
    });
  }
  const { seed, data: spec } = recipe;
  const dataset = await loadDataset(spec, { seed, baseFolder: options.baseFolder, signal: control.signal });
  const { network, weights } = await loadNetwork(recipe, dataset, options.baseFolder);
  const backend = await openBackend({ device: options.device, threads: options.threads });
  try {
    const data = freshData(weights, stages);
    const before = stages.slice(0, at).filter(({ kind }) => kind !== 'evaluate');
    const context: RunContext = {
      recipe,
      stages: before,
      network,
      dataset,
      backend,
      evaluator: new Evaluator(backend, network),
      folder: options.baseFolder,
      control,
      progress: new ProgressMeter(0, (progress) => emit({ type: 'progress', progress })),
      emit,
      data,
      checkpoint: () => Promise.resolve(),
    };
    for (const part of before) {
      await runStage(context, part);
      data.stage++;
      data.epoch = 0;
      data.batch = 0;
    }
    const { selection, targets } = pruning;
    let scores: ScoreSet = new Map();
    let { masks } = data;
    let samples: number[] = [];
    for (const [round, target] of targets.entries()) {
      await control.gate();
      const label = `${stage.id}/${round}`;
      const scoring = scoringData(dataset, seed, label);
      scores = await scoresOf(context, selection, data.weights, masks, label, scoring);
      masks = masksFrom(network, selection, scores, target, masks);
      samples = scoring.used();
    }
    return {
      network,
      selection,
      sparsity: targets.at(-1) ?? 0,
      rounds: targets.length,
      scores,
      masks,
      weights: data.weights,
      samples: Int32Array.from(samples),
      labels: Int32Array.from(samples, (i) => dataset.train.labels[i] ?? 0),
      fingerprint: dataset.fingerprint,
    };
  } finally {
    await backend.dispose();
  }
}

/** What a stage that prunes by scores selects; a gradual one is taken as if it went to its target at once. */
function pruningOf(
  stage: Stage,
): { readonly selection: Selection; readonly targets: readonly number[] } | undefined {
  if (stage.kind === 'prune') return stage;
  if (stage.kind !== 'train' || stage.dynamics === undefined) return undefined;
  const { id, selection, target } = stage.dynamics;
  return dynamicsKinds.get(id).usesCriterion ? { selection, targets: [target] } : undefined;
}

/**
 * A .safetensors file for others to check: scores/<parameter> (higher = keep), masks/<parameter>, weights/<parameter> before
 * masking, and samples and labels of the data that was looked at.
 */
export function scoreFile(scored: Scored, recipe: Recipe): Uint8Array {
  const { network, selection, scores, masks, weights, samples, labels } = scored;
  const shapeOf = (name: string) => network.params[name]?.shape ?? [];
  const tensors: NamedTensor[] = [
    { name: 'samples', dtype: 'I32', shape: [samples.length], data: samples },
    { name: 'labels', dtype: 'I32', shape: [labels.length], data: labels },
  ];
  for (const [name, data] of scores) {
    const dtype = data instanceof Float64Array ? 'F64' : 'F32';
    tensors.push({ name: `scores/${name}`, dtype, shape: shapeOf(name), data });
  }
  for (const [name, data] of masks) {
    tensors.push({ name: `masks/${name}`, dtype: 'BOOL', shape: shapeOf(name), data });
  }
  for (const [name, { data }] of weights) {
    tensors.push({ name: `weights/${name}`, dtype: 'F32', shape: shapeOf(name), data });
  }
  return writeSafetensors(tensors, {
    'espalier.criterion': selection.criterion,
    'espalier.scope': selection.scope,
    'espalier.sparsity': String(scored.sparsity),
    'espalier.rounds': String(scored.rounds),
    'espalier.data': scored.fingerprint,
    'espalier.recipe': JSON.stringify(recipe),
  });
}
