import { inputError, runError } from '../../contract/errors.ts';
import type { StructureSpec } from '../../contract/structure.ts';
import type { Backend } from '../backend/backend.ts';
import type { Dataset } from '../data/dataset.ts';
import { prunableParams, type MaskSet, type Network, type WeightSet } from '../network/graph.ts';
import { Random } from '../base/random.ts';
import { criteria } from './criteria/index.ts';
import type { ScoringData } from './criteria/criterion.ts';
import type { ScoreSet } from './scores.ts';
import { scoringData } from './criteria/scoring-data.ts';
import { excludedIn, makersOf } from './excluded.ts';
import { Keeper } from './keeper.ts';
import type { Selection } from './selection.ts';
import { structures } from './structures/index.ts';
import type { Units } from './structures/structure.ts';

/** What selecting needs to know of a run. */
export interface SelectionContext {
  readonly network: Network;
  /** The network as it came, before channels left it. */
  readonly base?: Network;
  readonly dataset: Dataset;
  readonly backend: Backend;
  readonly recipe: { readonly seed: number };
  /** The weights that training began with, for criteria that look back at them. */
  readonly initial?: WeightSet | undefined;
}

/**
 * Parameters that a selection may prune, in the network's order.
 * @param exclude their names, 'first' and 'last' for what is at the network's ends, or groups of channels: where these cannot
 *   leave whole, the weights that make them
 * @param structure what is kept or pruned as one
 * @throws EspalierError when an excluded name is neither, or nothing is left to prune.
 */
export function candidates(
  network: Network,
  exclude: readonly string[],
  structure: StructureSpec = {},
): string[] {
  const { params, groups } = excludedIn(network, exclude, structure);
  const whole = structures.get(structure.kind ?? 'element').leaves === true;
  const made = whole || groups.size === 0 ? new Set<string>() : makersOf(network, groups, structure);
  const left = prunableParams(network).filter((name) => !params.has(name) && !made.has(name));
  if (left.length > 0) return left;
  throw inputError('prune/nothing', `${network.name} has no weights left to prune.`, {
    field: 'prune.exclude',
    remedy: 'Exclude fewer parameters.',
  });
}

/** A selection as it is for a network: one that goes by batch norms has another way where there are none. */
export function fitted(network: Network, selection: Selection): Selection {
  const { withoutNorms, ...rest } = selection;
  if (withoutNorms === undefined || criteria.get(rest.criterion).unfit?.(network) === undefined) return rest;
  return { ...rest, criterion: withoutNorms.criterion, structure: { kind: withoutNorms.structure } };
}

/** Whether a selection could ever leave a group without any unit, so that protecting it makes a difference. */
export function mayEmpty(network: Network, selection: Selection): boolean {
  return structures.get(fitted(network, selection).structure?.kind ?? 'element').protected === undefined;
}

/** The units that a selection keeps or prunes. */
export function unitsOf(network: Network, selection: Selection): Units {
  const { structure = {}, criterion, exclude } = fitted(network, selection);
  const params = candidates(network, exclude, structure);
  const { groups } = excludedIn(network, exclude, structure);
  return structures
    .get(structure.kind ?? 'element')
    .units(network, params, structure, criteria.get(criterion), groups);
}

/** Masks that keep everything, for the parameters that a selection may prune. */
export function wholeMasks(network: Network, selection: Selection): MaskSet {
  const units = unitsOf(network, selection);
  return units.expand(
    new Map(units.groups.map((group) => [group.name, new Uint8Array(group.units).fill(1)])),
  );
}

/** What a selection keeps. */
export interface Selected {
  /** Of the structure's units, by group: 1 = kept. */
  readonly kept: MaskSet;
  /** Of every parameter. */
  readonly masks: MaskSet;
}

/**
 * Scores the weights and selects masks of the given sparsity.
 * @param weights values before masking: what `masks` prunes keeps its value here where it may come back.
 * @param masks what is pruned so far. Unless the selection lets weights come back, masks only shrink.
 * @param label names the draw of samples and of a random criterion, so that it can be repeated.
 */
export async function selectMasks(
  context: SelectionContext,
  selection: Selection,
  weights: WeightSet,
  masks: MaskSet,
  sparsity: number,
  label: string,
): Promise<Selected> {
  const scores = await scoresOf(context, selection, weights, masks, label);
  return selectedBy(context.network, selection, scores, sparsity, masks, context.base);
}

/**
 * What is kept of these scores at the given sparsity: scores of weights become those of the structure's units, the scope says
 * which of them compete for how much, the best are kept, and the units become masks again.
 * @param sparsity the share to prune of what the network had as it came
 * @param pruned what is pruned so far; it stays so unless the selection lets weights come back.
 * @param base the network as it came, before channels left it
 */
export function selectedBy(
  network: Network,
  selection: Selection,
  scores: ScoreSet,
  sparsity: number,
  pruned: MaskSet = new Map(),
  base = network,
): Selected {
  const units = unitsOf(network, selection);
  const pooled = units.reduce(selection.regrow ? scores : withoutPruned(scores, pruned));
  const { groups, pattern } = units;
  const ranked = pattern === undefined ? pooled : pattern.places(pooled);
  const before = base === network ? groups : unitsOf(base, selection).groups;
  const kept = new Keeper({ network, units, selection, base, before }).keep(ranked, sparsity);
  return { kept, masks: units.expand(kept) };
}

/** The same scores with what is pruned already below all others. */
function withoutPruned(scores: ScoreSet, masks: MaskSet): ScoreSet {
  return new Map(
    [...scores].map(([name, part]) => {
      const mask = masks.get(name);
      return [name, mask === undefined ? part : part.map((score, i) => (mask[i] === 0 ? -Infinity : score))];
    }),
  );
}

/**
 * The criterion's scores of every candidate, inverted where the selection asks for that control.
 * @param data the samples to look at; afterwards it knows which were used.
 */
export async function scoresOf(
  context: SelectionContext,
  selection: Selection,
  weights: WeightSet,
  masks: MaskSet,
  label: string,
  data: ScoringData = scoringData(context.dataset, context.recipe.seed, label),
): Promise<ScoreSet> {
  const { network, recipe, backend } = context;
  const units = unitsOf(network, selection);
  const criterion = criteria.get(fitted(network, selection).criterion);
  const scores = await criterion.score({
    batchNorm: selection.batchNorm ?? criterion.batchNorm ?? 'evaluation',
    network,
    weights,
    initial: context.initial,
    masks,
    params: units.scored ?? candidates(network, selection.exclude, fitted(network, selection).structure),
    backend,
    data,
    units,
    random: Random.from(recipe.seed, `criterion/${label}`),
  });
  for (const [name, part] of scores) {
    if (part.some(Number.isNaN)) {
      throw runError(
        'prune/nan-score',
        `The criterion '${criterion.id}' gave scores of ${name} that are not numbers.`,
        {
          remedy: 'The weights have probably diverged: lower the learning rate.',
        },
      );
    }
    if (selection.invert) part.forEach((score, i) => (part[i] = -score));
  }
  return scores;
}
