import { inputError } from '../../contract/errors.ts';
import type { Forecast } from '../../contract/forecast.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { ScoreSet } from '../compress/criteria/criterion.ts';
import { scoringData } from '../compress/criteria/scoring-data.ts';
import type { Selection } from '../compress/selection.ts';
import { forecastOf } from '../compress/forecast.ts';
import { planOf } from '../compress/plan/plan.ts';
import { scoresOf, selectedBy } from '../compress/select.ts';
import type { Control } from '../base/control.ts';
import { writeSafetensors, type NamedTensor } from '../formats/safetensors/write.ts';
import { isMultiLabel, pickLabels, type Labels } from '../data/labels.ts';
import type { MaskSet, Network, WeightSet } from '../network/graph.ts';
import { selecting, type Emit } from '../run/context.ts';
import { openScoring, pruningOf, type ScoringOptions } from './scoring.ts';

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
  readonly labels: Labels;
  readonly fingerprint: string;
  /** What these scores leave of every layer at the budget of the whole run. */
  readonly forecast: Forecast;
}

/**
 * Scores and masks of a recipe's first pruning, made as a run of it makes them: what comes before it (a dense training) is
 * done, the comparison with a dense network is not.
 * @throws EspalierError when the recipe is at fault, or learns its masks without scores.
 * @throws CancelledError when it was cancelled.
 */
export async function scoreRecipe(options: ScoringOptions, control: Control, emit: Emit): Promise<Scored> {
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
  const before = stages.slice(0, at).filter(({ kind }) => kind !== 'evaluate');
  const scoring = await openScoring({ ...options, recipe }, before, control, emit);
  const { context } = scoring;
  const { dataset } = context;
  try {
    const { selection, targets } = pruning;
    const budget = recipe.budget.sparsity;
    let scores: ScoreSet = new Map();
    const { network, weights, masks: found } = context.data.model;
    let masks = found;
    let earlier = masks;
    let samples: number[] = [];
    for (const [round, target] of targets.entries()) {
      await control.gate();
      const label = `${stage.id}/${round}`;
      const looked = scoringData(dataset, recipe.seed, label);
      scores = await scoresOf(selecting(context), selection, weights, masks, label, looked);
      earlier = masks;
      masks = selectedBy(network, selection, scores, target, masks).masks;
      samples = looked.used();
    }
    const foreseen = (protect: boolean) =>
      selectedBy(network, { ...selection, protect }, scores, budget, earlier).masks;
    return {
      network,
      selection,
      sparsity: targets.at(-1) ?? 0,
      rounds: targets.length,
      scores,
      masks,
      weights,
      samples: Int32Array.from(samples),
      labels: pickLabels(dataset.train.labels, Int32Array.from(samples), dataset.classes.length),
      fingerprint: dataset.fingerprint,
      forecast: forecastOf(network, dataset.classes, {
        ...selection,
        sparsity: budget,
        protect: selection.protect ?? false,
        basis: stage.kind === 'prune' && targets.at(-1) === budget ? 'exact' : 'present',
        masks: foreseen(false),
        protectedMasks: foreseen(true),
      }),
    };
  } finally {
    await scoring.close();
  }
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
    isMultiLabel(labels)
      ? {
          name: 'labels',
          dtype: 'BOOL',
          shape: [samples.length, labels.length / samples.length],
          data: labels,
        }
      : { name: 'labels', dtype: 'I32', shape: [labels.length], data: labels },
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
