import type { Forecast } from '../../contract/forecast.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { ProviderProbe } from '../backend/provider.ts';
import { Random } from '../base/random.ts';
import { reductionOf } from '../compress/budgets/reduction.ts';
import { criteria } from '../compress/criteria/index.ts';
import { dynamicsKinds } from '../compress/dynamics/index.ts';
import type { ScoreSet } from '../compress/scores.ts';
import type { Demands as Asked, Stage } from '../compress/framework.ts';
import type { Selection } from '../compress/selection.ts';
import { refuseUnreachable } from '../compress/plan/reach.ts';
import { planOf } from '../compress/plan/plan.ts';
import { scopes } from '../compress/scopes/index.ts';
import { structures } from '../compress/structures/index.ts';
import { emptyLayers } from '../compress/scopes/protect.ts';
import { candidates, fitted, mayEmpty, scoresOf, selectedBy, type Selected } from '../compress/select.ts';
import { shuffledMasks } from '../compress/shuffle.ts';
import type { Control } from '../base/control.ts';
import type { MaskSet, Network } from '../network/graph.ts';
import { selecting, type RunContext } from '../run/context.ts';
import { Demands } from '../run/stages/demands.ts';
import { refuseUnmet } from '../run/unmet.ts';
import { forgetting, SpeedCache } from '../speed/cache.ts';
import { openScoring, pruningOf } from './scoring.ts';

export interface ForecastOptions {
  readonly recipe: Recipe;
  readonly baseFolder: string;
  readonly device: string;
  readonly threads?: number | undefined;
  /** How execution providers are tried; in this process when left out. */
  readonly probe?: ProviderProbe;
  /** Told the share of the scoring that is done, 0..1. */
  readonly progress?: (fraction: number) => void;
  /** Where times of layers are kept; nowhere when left out. */
  readonly cacheFolder?: string;
  /** Something will be trained besides: the device is opened even where scores alone need none. */
  readonly trains?: boolean;
}

/** How a recipe's last masks can be foreseen. */
interface Prospect {
  readonly stage: Stage;
  readonly selection: Selection;
  readonly targets: readonly number[];
  readonly basis: Forecast['basis'];
  /** What more is pruned for. */
  readonly demands?: Asked | undefined;
}

/** What a recipe's budget leaves, before anything is trained. */
export interface Foreseen {
  /** A run's data, network and device, as it stands before the pruning. */
  readonly context: RunContext;
  /** Of the first attempt. */
  readonly stages: readonly Stage[];
  readonly prospect: Prospect;
  /** What the selection alone would keep. */
  readonly masks: MaskSet;
  /** What it would keep with every layer protected from being emptied. */
  readonly protectedMasks: MaskSet;
  readonly share: number;
  /** Masks of another share, by the same scores. */
  select(share: number): MaskSet;
}

/**
 * Makes a recipe's masks without training anything: those that the run makes from its initial weights as it makes them, others from
 * the weights at hand.
 * @param use is given them, while the data and the device are open
 * @throws EspalierError when the recipe is at fault.
 * @throws CancelledError when it was cancelled.
 */
export async function foresee<T>(
  options: ForecastOptions,
  control: Control,
  use: (foreseen: Foreseen) => Promise<T>,
): Promise<T> {
  const recipe = { ...options.recipe, baseline: false };
  const stages = firstAttempt(planOf(recipe));
  const { stage, selection, basis } = prospectOf(stages, recipe);
  // Weights that are drawn anew before the pruning are drawn; trainings and what follows from them are left out.
  const before = stages
    .slice(0, stages.indexOf(stage))
    .filter((one) => one.kind === 'restore' && (one.from === 'edge-of-chaos' || one.id === 'drawn'));
  const computes = basis !== 'shares' && criteria.get(selection.criterion).computes === true;
  // Scores of numbers alone need no fast device, and are there sooner without one.
  const device = computes || options.trains === true ? options.device : 'cpu';
  const scoring = await openScoring({ ...options, recipe, device }, () => before, control);
  try {
    const { context } = scoring;
    // A budget's number is a share of this network only.
    refuseUnreachable(recipe, context.base);
    await refuseUnmet(stages, { network: context.base, weights: context.data.model.weights });
    const planned = firstAttempt(planOf(recipe, context.base));
    const prospect = prospectOf(planned, recipe, context.base);
    const made = await masksOf(context, prospect, options);
    return await use({ context, stages: planned, prospect, ...made });
  } finally {
    await scoring.close();
  }
}

/** What the first of several attempts does. */
function firstAttempt(stages: readonly Stage[]): Stage[] {
  return stages.filter(({ attempt = 0 }) => attempt === 0);
}

function prospectOf(stages: readonly Stage[], recipe: Recipe, base?: Network): Prospect {
  const found = withoutDemands(stages, recipe, base);
  // Rounds that scores tell exactly end with what was asked; the others are foreseen in one.
  const { stage } = found;
  const asks = stage.kind === 'prune' ? stage : stages.find((one) => one.kind === 'aim');
  return { ...found, demands: asks?.demands };
}

function withoutDemands(stages: readonly Stage[], recipe: Recipe, base?: Network): Prospect {
  const pruning = stages.filter(
    (stage) => stage.kind === 'prune' || (stage.kind === 'train' && stage.dynamics),
  );
  const [stage] = pruning;
  const found = stage === undefined ? undefined : (pruningOf(stage) ?? learnedBy(stage));
  if (stage === undefined || found === undefined) throw new Error('every plan prunes');
  const trains = stages.slice(0, stages.indexOf(stage)).some(({ kind }) => kind === 'train');
  const once = stages.filter(({ kind }) => kind === 'prune').length === 1;
  const { selection } = found;
  if (stage.kind === 'prune' && stage.searched === true) {
    return { stage, selection, targets: [reductionOf(recipe.budget, base)], basis: 'searched' };
  }
  if (stage.kind === 'prune' && once && !trains) return { stage, ...found, basis: 'exact' };
  // In several rounds the last masks count; they are foreseen as if they were made at once.
  const targets = [reductionOf(recipe.budget, base)];
  const { structure = {}, scope } = selection;
  const fixed = scopes.get(scope).fixed ?? structures.get(structure.kind ?? 'element').fixed;
  if (fixed === true) return { stage, selection, targets, basis: 'shares' };
  // Before the training nothing has changed that such a criterion could see.
  const { comparesWithInitial } = criteria.get(selection.criterion);
  const criterion = comparesWithInitial === true ? 'magnitude' : selection.criterion;
  return { stage, selection: { ...selection, criterion }, targets, basis: 'present' };
}

/** Masks that are learned without scores are foreseen by the magnitudes of the weights. */
function learnedBy(stage: Stage): { selection: Selection; targets: readonly number[] } | undefined {
  if (stage.kind !== 'train' || stage.dynamics === undefined) return undefined;
  const { id, selection, target } = stage.dynamics;
  const criterion = dynamicsKinds.get(id).usesCriterion ? selection.criterion : 'magnitude';
  return { selection: { ...selection, criterion }, targets: [target] };
}

/** Masks with and without protection; they are made apart only from the round on in which a layer would be emptied. */
async function masksOf(
  context: RunContext,
  { stage, selection, targets, basis, demands: asked }: Prospect,
  { progress = () => undefined, cacheFolder }: Pick<ForecastOptions, 'progress' | 'cacheFolder'>,
): Promise<Pick<Foreseen, 'masks' | 'protectedMasks' | 'share' | 'select'>> {
  const { data, control } = context;
  const { network, weights } = data.model;
  const [free, safe] = [false, true].map((protect): Selection => ({ ...selection, protect })) as [
    Selection,
    Selection,
  ];
  const nothing: Selected = { kept: new Map(), masks: data.model.masks };
  let [chosen, safely] = [nothing, nothing];
  let apart = false;
  let share = 0;
  let last: ScoreSet = new Map();
  const cache = cacheFolder === undefined ? forgetting : new SpeedCache(cacheFolder);
  const demands = asked && new Demands(context, asked, free, cache);
  // Where nothing is ever emptied, protection makes no difference.
  const protects = mayEmpty(network, selection);
  const progressOf = (round: number) => (targets.length === 1 ? 1 : (asked?.progress[round] ?? 1));
  for (const [round, target] of targets.entries()) {
    await control.gate();
    const score = (now: MaskSet) =>
      basis === 'shares'
        ? Promise.resolve(alike(context, selection))
        : scoresOf(selecting(context), selection, weights, now, `${stage.id}/${round}`);
    const scores = await score(chosen.masks);
    const safeScores = apart ? await score(safely.masks) : scores;
    const [earlier, before] = [chosen.masks, safely.masks];
    last = safeScores;
    const select = (part: number, by = free) => selectedBy(network, by, scores, part, earlier);
    share = target;
    if (demands === undefined) chosen = select(target);
    else ({ selected: chosen, share } = await demands.met(select, target, progressOf(round), scores));
    safely = !protects ? chosen : selectedBy(network, safe, safeScores, share, before);
    apart ||= emptyLayers(chosen.kept).length > 0;
    progress((round + 1) / targets.length);
  }
  const mixed = (selected: Selected): MaskSet =>
    stage.kind === 'prune' && stage.shuffle
      ? shuffledMasks(selecting(context), selection, selected, stage.id)
      : selected.masks;
  return {
    masks: mixed(chosen),
    protectedMasks: mixed(safely),
    share,
    select: (other) => mixed(selectedBy(network, safe, last, other)),
  };
}

/** Scores by chance, where only the number in each layer is told: what is kept lies as anywhere. */
function alike({ data, recipe }: RunContext, selection: Selection): ScoreSet {
  const { network, weights } = data.model;
  const { structure } = fitted(network, selection);
  const random = Random.from(recipe.seed, 'forecast');
  return new Map(
    candidates(network, selection.exclude, structure).map((name) => [
      name,
      Float32Array.from({ length: weights.get(name)?.data.length ?? 0 }, () => random.float()),
    ]),
  );
}
