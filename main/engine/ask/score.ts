import { inputError } from '../../contract/errors.ts';
import type { Forecast } from '../../contract/forecast.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { formatCount } from '../../words/format.ts';
import { fusesLayers } from '../compress/fusion/fuses.ts';
import { reductionOf } from '../compress/budgets/reduction.ts';
import { criteria } from '../compress/criteria/index.ts';
import type { Pass } from '../compress/criteria/criterion.ts';
import type { ScoreSet } from '../compress/scores.ts';
import { scoringData } from '../compress/criteria/scoring-data.ts';
import { rescale } from '../compress/edge-of-chaos.ts';
import { forecastOf } from '../compress/forecast.ts';
import { packed } from '../compress/mask-change.ts';
import type { Stage } from '../compress/framework.ts';
import { planOf } from '../compress/plan/plan.ts';
import { refuseUnreachable } from '../compress/plan/reach.ts';
import { mayEmpty, scoresOf, selectedBy, wholeMasks, type Selected } from '../compress/select.ts';
import type { Selection } from '../compress/selection.ts';
import { shuffledMasks } from '../compress/shuffle.ts';
import type { Control } from '../base/control.ts';
import type { Dataset } from '../data/dataset.ts';
import type { MaskSet, Network, WeightSet } from '../network/graph.ts';
import { maskedSet } from '../network/masked.ts';
import { selecting, type Emit } from '../run/context.ts';
import { Demands } from '../run/stages/demands.ts';
import { foundWidths } from '../run/stages/found-widths.ts';
import { openScoring, pruningOf, type ScoringOptions } from './scoring.ts';

/** One time that the weights were scored. */
interface Round {
  /** Share of the candidates that are pruned afterwards. */
  readonly target: number;
  /** What was pruned before, of all candidates one after the other (see `packed`). */
  readonly before: Uint8Array;
  /** What was looked at; undefined for criteria that look at no data. */
  readonly pass: Pass | undefined;
}

/** What one pruning of a recipe goes by. */
export interface Scored {
  readonly network: Network;
  /** The stage that prunes. */
  readonly stage: string;
  readonly selection: Selection;
  readonly rounds: readonly Round[];
  /** Of the last round. */
  readonly scores: ScoreSet;
  /** What the last round selected. */
  readonly masks: MaskSet;
  /** The masks that the control which shuffles layers made of them. */
  readonly shuffled?: MaskSet | undefined;
  /** Weights before masking, as they were scored. */
  readonly weights: WeightSet;
  /** The weights that their training began with, where the criterion compares with them. */
  readonly initial?: WeightSet | undefined;
  /** Kept weights after the rescaling trick, and its factors. */
  readonly rescaled?: { readonly weights: WeightSet; readonly rho: ReadonlyMap<string, number> } | undefined;
  readonly dataset: Dataset;
  readonly device: string;
  readonly threads: number | undefined;
  /** What these scores leave of every layer at the budget of the whole run. */
  readonly forecast: Forecast;
}

/**
 * Scores and masks of one pruning of a recipe, made as a run of it makes them: what comes before it (a dense training, earlier
 * prunings with their trainings) is done, the comparison with a dense network is not.
 * @param which of the plan's prunings, counted from 1: lottery tickets and other methods that train between have several
 * @throws EspalierError when the recipe is at fault, learns its masks without scores, or has no such pruning.
 * @throws CancelledError when it was cancelled.
 */
export async function scoreRecipe(
  options: ScoringOptions,
  control: Control,
  emit: Emit,
  which = 1,
): Promise<Scored> {
  const recipe = { ...options.recipe, baseline: false };
  let pruning = pruningAt(recipe, which);
  const before = (base: Network): Stage[] => {
    refuseUnreachable(recipe, base);
    pruning = pruningAt(recipe, which, base);
    return pruning.before;
  };
  const scoring = await openScoring({ ...options, recipe }, before, control, emit);
  const { context } = scoring;
  const { dataset, base } = context;
  try {
    const { stage, selection, targets } = pruning;
    const subject = selecting(context);
    let budget = reductionOf(recipe.budget, base);
    const asked = stage.kind === 'prune' ? stage.demands : undefined;
    const demands = asked && new Demands(context, asked, selection);
    const { network, weights, masks: found } = context.data.model;
    const whole = wholeMasks(network, selection);
    let scores: ScoreSet = new Map();
    let selected: Selected = { kept: new Map(), masks: found };
    let earlier = found;
    const rounds: Round[] = [];
    const searched = stage.kind === 'prune' && stage.searched === true;
    for (const [round, target] of targets.entries()) {
      await control.gate();
      const label = `${stage.id}/${round}`;
      const looked = scoringData(dataset, recipe.seed, label);
      earlier = selected.masks;
      scores = await scoresOf(subject, selection, weights, earlier, label, looked);
      const [now, known] = [scores, earlier];
      const select = (share: number, by = selection) =>
        searched ? foundWidths(context, by, now) : selectedBy(network, by, now, share, known, base);
      if (demands === undefined) selected = select(target);
      else
        ({ selected, share: budget } = await demands.met(
          select,
          target,
          asked?.progress[round] ?? 1,
          scores,
        ));
      const before = new Map([...whole].map(([name, all]) => [name, earlier.get(name) ?? all]));
      rounds.push({ target, before: packed(before), pass: looked.used() });
    }
    const { masks } = selected;
    const shuffles = stage.kind === 'prune' && stage.shuffle;
    const shuffled = shuffles ? shuffledMasks(subject, selection, selected, stage.id) : undefined;
    const rescales = stage.kind === 'prune' && stage.rescale === true;
    const protects = mayEmpty(network, selection);
    const foreseen = (protect: boolean) =>
      searched || !protects
        ? masks
        : selectedBy(network, { ...selection, protect }, scores, budget, earlier, base).masks;
    return {
      network,
      stage: stage.id,
      selection,
      rounds,
      scores,
      masks,
      shuffled,
      weights,
      initial: criteria.get(selection.criterion).comparesWithInitial ? subject.initial : undefined,
      rescaled: rescales ? rescaledCopy(network, weights, shuffled ?? masks) : undefined,
      dataset,
      device: context.backend.device,
      threads: options.threads,
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

function rescaledCopy(network: Network, weights: WeightSet, masks: MaskSet): Scored['rescaled'] {
  const copy = new Map(
    [...maskedSet(weights, masks)].map(([name, one]) => [name, { ...one, data: one.data.slice() }]),
  );
  const rho = rescale(network, copy, masks);
  return { weights: new Map([...copy].filter(([name]) => rho.has(name))), rho };
}

interface Pruning {
  readonly stage: Stage;
  readonly selection: Selection;
  readonly targets: readonly number[];
  /** What comes before it. */
  readonly before: Stage[];
}

/**
 * One of a recipe's prunings.
 * @param base the network as it came, of which a budget's number is a share
 */
function pruningAt(recipe: Recipe, which: number, base?: Network): Pruning {
  const stages = planOf(recipe, base);
  const prunings = stages.filter((one) => pruningOf(one) !== undefined);
  if (prunings.length === 0) {
    throw inputError(
      'score/learned',
      `${recipe.paradigm} ${fusesLayers(recipe) ? 'fuses layers' : 'learns its masks'} and scores no weights.`,
      {
        field: 'paradigm',
        remedy: "Choose a paradigm with a criterion, such as 'snip' or 'magnitude-one-shot'.",
      },
    );
  }
  const stage = prunings[which - 1];
  const pruning = stage === undefined ? undefined : pruningOf(stage);
  if (stage === undefined || pruning === undefined) {
    throw inputError(
      'score/no-pruning',
      `The recipe prunes ${formatCount(prunings.length)} time(s), not ${which}.`,
      {
        field: '--pruning',
        remedy: `Choose one from 1 to ${prunings.length}.`,
      },
    );
  }
  const before = stages.slice(0, stages.indexOf(stage)).filter(({ kind }) => kind !== 'evaluate');
  return { stage, selection: pruning.selection, targets: pruning.targets, before };
}
